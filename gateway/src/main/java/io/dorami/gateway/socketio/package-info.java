/**
 * The web client's protocol on {@code /socket.io/}: events, frame encoder and recovery token. {@code engine} and
 * {@code protocol} implement Engine.IO and Socket.IO underneath.
 */
@NullMarked
package io.dorami.gateway.socketio;

import org.jspecify.annotations.NullMarked;
