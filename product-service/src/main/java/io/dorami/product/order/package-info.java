/** Orders, created from cart items. */
@NullMarked
package io.dorami.product.order;

import org.jspecify.annotations.NullMarked;
