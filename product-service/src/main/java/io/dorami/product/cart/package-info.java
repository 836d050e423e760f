/** Items in a buyer's cart, which hold their units, and the shipping fee. */
@NullMarked
package io.dorami.product.cart;

import org.jspecify.annotations.NullMarked;
