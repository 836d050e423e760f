package io.dorami.gateway.socketio.engine;

import java.time.Duration;

/**
 * What a server tells its clients in the handshake, and what it bears.
 *
 * @param pingInterval between the last pong and the next ping
 * @param pingTimeout a client that has not answered a ping by then is gone
 * @param maxPayload bytes of one POST, and of all attachments of a packet; over it the session is closed. The HTTP server
 *     bounds the messages of a WebSocket: its limit should be the same
 * @param upgradeTimeout a WebSocket that was opened beside polling and has not taken over by then is closed
 * @param connectTimeout a connection that is in no namespace by then is closed
 */
public record EngineOptions(
        Duration pingInterval,
        Duration pingTimeout,
        int maxPayload,
        Duration upgradeTimeout,
        Duration connectTimeout) {}
