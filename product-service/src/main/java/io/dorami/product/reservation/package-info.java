/** Reservations: units of a product held for a buyer. */
@NullMarked
package io.dorami.product.reservation;

import org.jspecify.annotations.NullMarked;
