package io.dorami.loadtest.protocol;

import io.netty.buffer.ByteBuf;
import java.util.Set;

/** One client as its protocol sees it: an identity, a way to write, and callbacks for the frames that arrive. */
public interface ProtocolClient {

    /** Number of a reply that does not name its message; it belongs to the oldest message without a reply. */
    int OLDEST = -1;

    String user();

    /** Access token of the user. */
    String token();

    String roomKey();

    /** Returns true if the client joins the stream's three rooms, as the page does; else it joins the chat only. */
    boolean isPage();

    /** Success events of the rooms that have not confirmed the join yet. */
    Set<ReceivedEvent> missingJoins();

    /** Sends a text frame. */
    void write(String text);

    /** Called when the server has authenticated the client. */
    void onConnected();

    void onJoined(ReceivedEvent success);

    /** Called for each chat message. */
    void onMessage(ByteBuf frame, int start, int end);

    /** Called when the server has accepted the client's message with this number, or {@link #OLDEST}. */
    void onAccepted(int number);

    void onRejected(String reason);

    /** Called for every event that has no callback of its own. */
    void onEvent(ReceivedEvent event, ByteBuf frame, int start, int end);
}
