package io.dorami.loadtest;

import io.netty.buffer.ByteBuf;
import java.util.EnumSet;
import java.util.Set;

/**
 * Socket.IO 5 over Engine.IO 4, transport WebSocket, as the web client speaks it: the namespaces share one connection, the
 * token comes with CONNECT, and success is an event.
 */
final class SocketIoProtocol implements ClientProtocol {

    private static final byte OPEN = '0';
    private static final byte PING = '2';
    private static final byte MESSAGE = '4';
    private static final byte CONNECT = '0';
    private static final byte DISCONNECT = '1';
    private static final byte EVENT = '2';
    private static final byte CONNECT_ERROR = '4';

    @Override
    public String path(Room room) {
        return "/socket.io/?EIO=4&transport=websocket";
    }

    /** The chat's success and the viewer's; the shop tells its room. */
    @Override
    public Set<ReceivedEvent> joins(boolean page) {
        return page
                ? EnumSet.of(ReceivedEvent.STREAM_JOINED, ReceivedEvent.CHAT_JOINED)
                : EnumSet.of(ReceivedEvent.CHAT_JOINED);
    }

    @Override
    public void opened(Member member) {} // the server speaks first

    @Override
    public void text(Member member, ByteBuf frame, int start, int end) {
        if (ByteSearch.chatMessage(frame, start, end)) {
            member.message(frame, start, end);
            return;
        }
        switch (frame.getByte(start)) {
            case OPEN -> connect(member);
            case PING -> member.write("3");
            case MESSAGE -> message(member, frame, start, end);
            default -> {} // noop
        }
    }

    private static void connect(Member member) {
        String auth = "{\"token\":\"" + member.token() + "\"}";
        if (member.page()) {
            member.write("40" + auth);
            member.write("40/streaming," + auth);
        }
        member.write("40/chat," + auth);
    }

    private static void message(Member member, ByteBuf frame, int start, int end) {
        switch (frame.getByte(start + 1)) {
            case CONNECT -> {} // the namespace's event on connect follows
            case EVENT -> event(member, frame, start, end);
            case DISCONNECT, CONNECT_ERROR -> member.refused(ByteSearch.text(frame, start, end));
            default -> throw new IllegalStateException("Not a packet of ours: " + ByteSearch.text(frame, start, end));
        }
    }

    private static void event(Member member, ByteBuf frame, int start, int end) {
        int bracket = frame.indexOf(start, end, (byte) '[');
        ReceivedEvent event = ReceivedEvent.at(frame, bracket + 2, end);
        switch (event) {
            case CONNECTED -> join(member, "", "join:stream", "streamId");
            case CONNECTION_SUCCESS -> {
                if (frame.getByte(start + 3) == 'c') { // of /chat, which was asked for last
                    member.connected();
                }
            }
            case SENT -> member.accepted(Member.OLDEST);
            default -> member.event(event, frame, start, end);
        }
    }

    @Override
    public void join(Member member) {
        for (ReceivedEvent missing : member.missing()) {
            if (missing == ReceivedEvent.STREAM_JOINED) {
                join(member, "/streaming,", "stream:viewer:join", "streamKey");
            } else {
                join(member, "/chat,", "chat:join-room", "liveId");
            }
        }
    }

    private static void join(Member member, String namespace, String event, String name) {
        member.write("42" + namespace + "[\"" + event + "\",{\"" + name + "\":\"" + member.room.key + "\"}]");
    }

    @Override
    public void say(Member member, int number, String text) {
        member.write("42/chat,[\"chat:send-message\",{\"liveId\":\"" + member.room.key + "\",\"message\":\"" + text
                + "\",\"clientMessageId\":\"" + member.user + "-" + number + "\"}]");
    }
}
