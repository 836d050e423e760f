package io.dorami.gateway.socketio.engine;

import io.dorami.gateway.transport.Frame;

/** What is spoken on a session. All calls come on the session's loop. */
public interface SessionListener {

    /**
     * A text message.
     *
     * @throws MalformedPacketException the session is closed
     */
    void text(String message);

    /**
     * A message of bytes.
     *
     * @throws MalformedPacketException the session is closed
     */
    void binary(byte[] message);

    /** How the client is told that it did not get so many frames of a topic, because it reads too slowly. */
    Frame dropped(String topic, int count);

    /** The session is over; nothing can be sent any more. */
    void closed();
}
