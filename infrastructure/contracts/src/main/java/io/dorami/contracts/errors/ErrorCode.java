package io.dorami.contracts.errors;

/**
 * Every error that a client can see, over HTTP and over sockets: its HTTP status, and whether the same request may
 * succeed later. The names are the {@code errorCode} on the wire and never change.
 */
public enum ErrorCode {
    /** A field is missing, too long or malformed; the message names it. */
    VALIDATION_ERROR(400, false),
    /** The frame is not a JSON object of a known type. */
    INVALID_FRAME(400, false),
    INVALID_ROOM(400, false),
    INVALID_STREAM_KEY(400, false),
    /** Nothing is left of the chat message once markup is removed, or the room does not allow what it says. */
    INVALID_MESSAGE(400, false),
    /** The chat message has over 500 characters, or one that is no character but a pile of marks. */
    MESSAGE_TOO_LONG(400, false),
    INVALID_MESSAGE_ID(400, false),
    /** The first frame of a socket must be {@code hello}, with a protocol version that is spoken here. */
    UNSUPPORTED_VERSION(400, false),
    /** No token, or one that is malformed, expired or revoked; the message says which. */
    UNAUTHORIZED(401, false),
    /** The callback's signature is missing, wrong or older than five minutes. */
    INVALID_SIGNATURE(401, false),
    FORBIDDEN(403, false),
    CSRF_TOKEN_MISSING(403, false),
    CSRF_TOKEN_INVALID(403, false),
    /** Sending to a room needs joining it first. */
    NOT_A_MEMBER(403, false),
    NOT_FOUND(404, false),
    STREAM_NOT_FOUND(404, false),
    PRODUCT_NOT_FOUND(404, false),
    /** No reservation of this user has that id. */
    RESERVATION_NOT_FOUND(404, false),
    /** No order of this user has that id. */
    ORDER_NOT_FOUND(404, false),
    METHOD_NOT_ALLOWED(405, false),
    /** The state forbids it, such as more stock taken than there is. */
    CONFLICT(409, false),
    /** Fewer units are left than were asked for, or the seller closed the product. */
    SOLD_OUT(409, false),
    /** The hold is over and its units are back in stock. */
    RESERVATION_EXPIRED(409, false),
    PAYLOAD_TOO_LARGE(413, false),
    UNSUPPORTED_MEDIA_TYPE(415, false),
    /** The Idempotency-Key was used for another request. */
    IDEMPOTENCY_KEY_REUSED(422, false),
    RATE_LIMIT_EXCEEDED(429, true),
    /** A bug; the log has the cause. */
    INTERNAL_ERROR(500, true),
    /** The service behind the front door does not answer. */
    BAD_GATEWAY(502, true),
    /** A queue is full or a part is down: try again after a second or so. */
    BUSY(503, true);

    private final int status;
    private final boolean retryable;

    ErrorCode(int status, boolean retryable) {
        this.status = status;
        this.retryable = retryable;
    }

    /** The HTTP status that goes with this code. */
    public int status() {
        return status;
    }

    /** Whether the same request may succeed later. */
    public boolean retryable() {
        return retryable;
    }
}
