/** The launcher behind {@code ./dorami}: the whole system as seven supervised processes on one machine. */
@NullMarked
package io.dorami.local;

import org.jspecify.annotations.NullMarked;
