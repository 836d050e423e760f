/** Viewer counts in Redis: participants of a stream, media connections, and the statistics of a show. */
@NullMarked
package io.dorami.presence;

import org.jspecify.annotations.NullMarked;
