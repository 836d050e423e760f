package io.dorami.loadtest.protocol;

import io.netty.buffer.ByteBuf;
import java.util.Set;

/** A server's protocol over WebSocket, as far as a load client needs it. */
public interface ClientProtocol {

    /** Path and query of the WebSocket. */
    String path(String roomKey);

    /** Success events that complete a join: of the stream's three rooms if the client is a page, else of the chat. */
    Set<ReceivedEvent> expectedJoins(boolean page);

    /** Authenticates the client on its open WebSocket. */
    void onOpen(ProtocolClient client);

    /** Sends a join for each room that has not confirmed one. */
    void join(ProtocolClient client);

    /** Handles a complete text frame. Most frames are chat messages and must cost little. */
    void onText(ProtocolClient client, ByteBuf frame, int start, int end);

    /** Sends a chat message to the client's room. */
    void sendMessage(ProtocolClient client, int number, String text);
}
