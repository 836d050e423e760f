/** The launcher behind {@code ./dorami}; this package holds what all of its packages share. */
@NullMarked
package io.dorami.local;

import org.jspecify.annotations.NullMarked;
