/** Products and their stock, and the featured product of a show. */
@NullMarked
package io.dorami.product.catalog;

import org.jspecify.annotations.NullMarked;
