/** The commands of {@code ./dorami}. */
@NullMarked
package io.dorami.local.cli;

import org.jspecify.annotations.NullMarked;
