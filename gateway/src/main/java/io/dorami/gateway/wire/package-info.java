/** Frames, and the queue between a room and a socket. Knows nothing of Dorami but how an event may be dropped. */
@NullMarked
package io.dorami.gateway.wire;

import org.jspecify.annotations.NullMarked;
