/** Publishes viewer counts, expires viewers of crashed gateways, and stores the statistics of shows. */
@NullMarked
package io.dorami.viewer;

import org.jspecify.annotations.NullMarked;
