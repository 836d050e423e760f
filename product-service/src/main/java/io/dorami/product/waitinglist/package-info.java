/** The waiting list of products that are sold out. */
@NullMarked
package io.dorami.product.waitinglist;

import org.jspecify.annotations.NullMarked;
