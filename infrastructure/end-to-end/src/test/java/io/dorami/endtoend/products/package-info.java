/** Tests and benchmark of products, carts, orders and stock. */
@NullMarked
package io.dorami.endtoend.products;

import org.jspecify.annotations.NullMarked;
