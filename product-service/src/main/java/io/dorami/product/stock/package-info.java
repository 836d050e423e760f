/** Units that return to stock, and the users who wait for them. */
@NullMarked
package io.dorami.product.stock;

import org.jspecify.annotations.NullMarked;
