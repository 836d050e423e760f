/** Engine.IO 4: sessions over polling and WebSocket, upgrade, heartbeats and timeouts. Independent of Dorami. */
@NullMarked
package io.dorami.gateway.socketio.engine;

import org.jspecify.annotations.NullMarked;
