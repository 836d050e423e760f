package io.dorami.gateway.socketio.engine;

/** The other side does not keep to the protocol: its connection is closed, as the protocol demands. */
public final class MalformedPacketException extends RuntimeException {

    public MalformedPacketException(String message) {
        super(message, null, false, false); // the other side's doing: where it was found helps nobody
    }
}
