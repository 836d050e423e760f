package io.dorami.gateway.socketio.engine;

import io.vertx.core.http.HttpServerRequest;

/** The error responses of Engine.IO, with the codes and messages that clients expect. */
enum EngineError {
    UNKNOWN_TRANSPORT(0, 400, "Transport unknown"),
    /** The session has ended or belongs to another server. The client opens a new one. */
    UNKNOWN_SESSION(1, 400, "Session ID unknown"),
    BAD_HANDSHAKE_METHOD(2, 400, "Bad handshake method"),
    BAD_REQUEST(3, 400, "Bad request"),
    FORBIDDEN(4, 403, "Forbidden"),
    UNSUPPORTED_VERSION(5, 400, "Unsupported protocol version");

    private final int code;
    private final int status;
    private final String message;

    EngineError(int code, int status, String message) {
        this.code = code;
        this.status = status;
        this.message = message;
    }

    void reply(HttpServerRequest request) {
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end("{\"code\":" + code + ",\"message\":\"" + message + "\"}");
    }
}
