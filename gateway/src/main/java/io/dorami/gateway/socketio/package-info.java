/**
 * Socket.IO 5 on Engine.IO 4, over WebSocket and HTTP long-polling. Knows the protocol and nothing of what is said with it:
 * a {@link io.dorami.gateway.socketio.Namespaces} is plugged in.
 */
@NullMarked
package io.dorami.gateway.socketio;

import org.jspecify.annotations.NullMarked;
