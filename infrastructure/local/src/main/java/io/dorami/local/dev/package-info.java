/** Development mode of one service: detection of changed sources, and reloads. */
@NullMarked
package io.dorami.local.dev;

import org.jspecify.annotations.NullMarked;
