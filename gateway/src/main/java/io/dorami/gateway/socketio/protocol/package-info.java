/** Socket.IO 5: packets, decoder and namespaces over Engine.IO sessions. Independent of Dorami. */
@NullMarked
package io.dorami.gateway.socketio.protocol;

import org.jspecify.annotations.NullMarked;
