package io.dorami.contracts.errors;

/**
 * Every error that a client can receive, over HTTP and over sockets, with its HTTP status and a flag for requests that
 * may succeed later. The names are the {@code errorCode} on the wire and never change.
 */
public enum ErrorCode {
    /** A field is missing, too long or malformed; the message names it. */
    VALIDATION_ERROR(400, false),
    /** The frame is not a JSON object of a known type. */
    INVALID_FRAME(400, false),
    INVALID_ROOM(400, false),
    INVALID_STREAM_KEY(400, false),
    /** The chat message is no text, is empty once markup is removed, or the room's rules forbid its text. */
    INVALID_MESSAGE(400, false),
    /** The chat message has over 500 characters, or a character with too many combining marks. */
    MESSAGE_TOO_LONG(400, false),
    INVALID_MESSAGE_ID(400, false),
    /** The first frame of a socket must be {@code hello} with a supported protocol version. */
    UNSUPPORTED_VERSION(400, false),
    /** The token is missing, malformed, expired or revoked; the message states which. */
    UNAUTHORIZED(401, false),
    /** The callback's signature is missing, wrong or older than five minutes. */
    INVALID_SIGNATURE(401, false),
    FORBIDDEN(403, false),
    CSRF_TOKEN_MISSING(403, false),
    CSRF_TOKEN_INVALID(403, false),
    /** The client must join the room before sending to it. */
    NOT_A_MEMBER(403, false),
    NOT_FOUND(404, false),
    STREAM_NOT_FOUND(404, false),
    PRODUCT_NOT_FOUND(404, false),
    /** The user has no cart item with this id. */
    CART_ITEM_NOT_FOUND(404, false),
    /** The user has no waiting reservation with this id. */
    RESERVATION_NOT_FOUND(404, false),
    /** The user has no order with this id. */
    ORDER_NOT_FOUND(404, false),
    METHOD_NOT_ALLOWED(405, false),
    /** The current state forbids the change, such as removing more stock than is left. */
    CONFLICT(409, false),
    /** Fewer units are left than were requested, or the seller closed the product. */
    SOLD_OUT(409, false),
    /** The cart item has expired and its units are back in stock. */
    CART_EXPIRED(409, false),
    /** The product's sale has ended; units that are already held stay held. */
    SALE_ENDED(409, false),
    PAYLOAD_TOO_LARGE(413, false),
    UNSUPPORTED_MEDIA_TYPE(415, false),
    /** The Idempotency-Key was used for another request. */
    IDEMPOTENCY_KEY_REUSED(422, false),
    RATE_LIMIT_EXCEEDED(429, true),
    /** A bug; the log has the cause. */
    INTERNAL_ERROR(500, true),
    /** The service behind the API proxy does not respond. */
    BAD_GATEWAY(502, true),
    /** A queue is full or a component is down; retry after about 1 s. */
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

    /** Returns true if the same request may succeed later. */
    public boolean isRetryable() {
        return retryable;
    }
}
