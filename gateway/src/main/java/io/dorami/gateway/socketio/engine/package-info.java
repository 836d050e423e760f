/** Engine.IO 4: sessions over polling and WebSocket, upgrade, heartbeats and timeouts. Knows nothing of Dorami. */
@NullMarked
package io.dorami.gateway.socketio.engine;

import org.jspecify.annotations.NullMarked;
