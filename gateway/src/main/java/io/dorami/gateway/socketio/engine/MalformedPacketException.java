package io.dorami.gateway.socketio.engine;

/** The client violated the protocol. Its connection is closed, as the protocol requires. */
public final class MalformedPacketException extends RuntimeException {

    public MalformedPacketException(String message) {
        super(message, null, false, false); // no stack trace: the cause is the client's packet
    }
}
