/** Tells rooms how many watch, and takes out what crashed gateways left behind. */
@NullMarked
package io.dorami.viewer;

import org.jspecify.annotations.NullMarked;
