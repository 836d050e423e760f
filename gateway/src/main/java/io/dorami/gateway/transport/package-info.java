/** Frames, the bounded send queue of a connection, and the Netty channel under a WebSocket. */
@NullMarked
package io.dorami.gateway.transport;

import org.jspecify.annotations.NullMarked;
