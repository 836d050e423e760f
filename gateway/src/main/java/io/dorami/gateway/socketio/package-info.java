/**
 * The web client's protocol on {@code /socket.io/}: its events, its frame encoder and the recovery token, on the
 * engine in {@code engine} and {@code protocol}.
 */
@NullMarked
package io.dorami.gateway.socketio;

import org.jspecify.annotations.NullMarked;
