/** Products and their stock: {@link io.dorami.product.ProductRules} decides, PostgreSQL is the truth. */
@NullMarked
package io.dorami.product;

import org.jspecify.annotations.NullMarked;
