package io.dorami.loadtest;

import io.netty.buffer.ByteBuf;
import java.util.Set;

/** What a server speaks over a WebSocket, as far as a member of an audience needs it. */
interface ClientProtocol {

    /** The path, and query, of the socket. */
    String path(Room room);

    /** The answers that it takes to be in: in the stream's three rooms, as the page is, or in the chat alone. */
    Set<ReceivedEvent> joins(boolean page);

    /** The socket is open: says who it is and what it wants. */
    void opened(Member member);

    /** Asks for the rooms that did not answer yet. */
    void join(Member member);

    /** A whole text frame came; most are chat messages, and cost little. */
    void text(Member member, ByteBuf frame, int start, int end);

    /** A member says a message. */
    void say(Member member, int number, String text);
}
