/** Streams, notices and SRS status over REST. */
@NullMarked
package io.dorami.stream.api;

import org.jspecify.annotations.NullMarked;
