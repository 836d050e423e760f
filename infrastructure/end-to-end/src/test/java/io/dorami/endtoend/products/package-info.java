/** Tests and benchmark of products, reservations and stock. */
@NullMarked
package io.dorami.endtoend.products;

import org.jspecify.annotations.NullMarked;
