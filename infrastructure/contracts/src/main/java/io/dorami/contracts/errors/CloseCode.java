package io.dorami.contracts.errors;

/** The WebSocket close codes that the gateway sends (RFC 6455 and its registry). */
public enum CloseCode {
    /** The first frame was not a valid {@code hello}, or did not arrive in time. */
    POLICY_VIOLATION(1008),
    /** The frame exceeds the gateway's limit. */
    TOO_BIG(1009),
    /** A bug in the gateway; the log has the cause. */
    INTERNAL_ERROR(1011),
    /** The gateway is stopping, or the token of the handshake ran out; the client reconnects with its current token. */
    SERVICE_RESTART(1012),
    /** The client reads too slowly and its queue is full, or the client is silent; it reconnects and replays. */
    TRY_AGAIN_LATER(1013);

    private final int code;

    CloseCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** Returns true if a client that is closed with this code comes back at once and resumes. */
    public boolean expectsReturn() {
        return this == SERVICE_RESTART || this == TRY_AGAIN_LATER;
    }
}
