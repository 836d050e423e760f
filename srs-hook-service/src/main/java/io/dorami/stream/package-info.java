/** srs-hook-service: configuration and metrics. */
@NullMarked
package io.dorami.stream;

import org.jspecify.annotations.NullMarked;
