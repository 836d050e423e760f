/** Orders, created from reservations. */
@NullMarked
package io.dorami.product.order;

import org.jspecify.annotations.NullMarked;
