package io.dorami.gateway.socketio.engine;

import io.dorami.gateway.transport.Frame;

/** The receiver of a session's messages. All methods are called on the session's loop. */
public interface SessionListener {

    /**
     * Receives a text message.
     *
     * @throws MalformedPacketException to close the session
     */
    void onText(String message);

    /**
     * Receives a binary message.
     *
     * @throws MalformedPacketException to close the session
     */
    void onBinary(byte[] message);

    /** Encodes the message that reports how many frames of a topic were dropped because the client reads too slowly. */
    Frame droppedMessage(String topic, int count);

    /** Called when the session has ended. Nothing can be sent any more. */
    void onClose();
}
