package io.dorami.gateway.socketio.engine;

import java.time.Duration;

/**
 * Settings of an Engine.IO server: the values of the handshake, and limits.
 *
 * @param sessionIdPrefix beginning of every session ID, by which a reverse proxy finds the server of a session; only
 *     characters that need no escape in a URL
 * @param pingInterval time between a pong and the next ping
 * @param pingTimeout time within which a client must reply to a ping; then the session ends
 * @param maxPayload limit in bytes of one POST, and of all attachments of a packet together; a session that exceeds it
 *     is closed. The HTTP server limits the messages of a WebSocket and should use the same value
 * @param upgradeTimeout time within which a WebSocket opened beside polling must complete the upgrade; then it is
 *     closed
 * @param connectTimeout time within which a connection must join a namespace; then it is closed
 * @param maxPackets limit of the packets that a session receives within 10 s; a session that exceeds it is closed
 */
public record EngineOptions(
        String sessionIdPrefix,
        Duration pingInterval,
        Duration pingTimeout,
        int maxPayload,
        Duration upgradeTimeout,
        Duration connectTimeout,
        int maxPackets) {}
