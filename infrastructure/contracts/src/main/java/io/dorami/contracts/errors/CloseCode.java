package io.dorami.contracts.errors;

/** Why a WebSocket was closed by the gateway, as the close code on the wire (RFC 6455 and its registry). */
public enum CloseCode {
    /** The first frame was no valid {@code hello}, or it did not come in time. */
    POLICY_VIOLATION(1008),
    /** The frame is larger than the gateway takes. */
    TOO_BIG(1009),
    /** A bug here; the log has the cause. */
    INTERNAL_ERROR(1011),
    /** The gateway is stopping: come back, another one answers. */
    SERVICE_RESTART(1012),
    /** The client reads too slowly and its queue is full: come back and replay. */
    TRY_AGAIN_LATER(1013);

    private final int code;

    CloseCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
