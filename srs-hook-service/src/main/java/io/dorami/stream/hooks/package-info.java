/** The HTTP hooks that SRS calls. */
@NullMarked
package io.dorami.stream.hooks;

import org.jspecify.annotations.NullMarked;
