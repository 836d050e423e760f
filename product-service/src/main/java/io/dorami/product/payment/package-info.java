/** Signed callbacks of the payment provider. */
@NullMarked
package io.dorami.product.payment;

import org.jspecify.annotations.NullMarked;
