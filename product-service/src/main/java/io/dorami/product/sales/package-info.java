/** The sales of a show, for its record: orders, revenue, units, and the moments of its products. */
@NullMarked
package io.dorami.product.sales;

import org.jspecify.annotations.NullMarked;
