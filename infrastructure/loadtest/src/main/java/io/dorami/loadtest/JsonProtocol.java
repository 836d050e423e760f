package io.dorami.loadtest;

import io.netty.buffer.ByteBuf;
import java.util.EnumSet;
import java.util.Set;

/** The gateway's own protocol on {@code /ws}. */
final class JsonProtocol implements ClientProtocol {

    /** In {@code {"event":"…}, where the name begins. */
    private static final int NAME = 10;

    private static final byte[] REPLY_TO = ByteSearch.ascii("\"replyTo\":\"");

    @Override
    public String path(Room room) {
        return "/ws";
    }

    @Override
    public Set<ReceivedEvent> joins(boolean page) {
        return page
                ? EnumSet.of(ReceivedEvent.STREAM_JOINED, ReceivedEvent.SHOP_JOINED, ReceivedEvent.CHAT_JOINED)
                : EnumSet.of(ReceivedEvent.CHAT_JOINED);
    }

    @Override
    public void opened(Member member) {
        member.write("{\"type\":\"hello\",\"version\":1,\"token\":\"" + member.token() + "\"}");
    }

    @Override
    public void text(Member member, ByteBuf frame, int start, int end) {
        if (ByteSearch.chatMessage(frame, start, end)) {
            member.message(frame, start, end);
            return;
        }
        ReceivedEvent event = ReceivedEvent.at(frame, start + NAME, end);
        switch (event) {
            case WELCOME -> member.connected();
            case SENT -> member.accepted(replyTo(frame, start, end));
            default -> member.event(event, frame, start, end);
        }
    }

    @Override
    public void join(Member member) {
        for (ReceivedEvent missing : member.missing()) {
            switch (missing) {
                case STREAM_JOINED -> join(member, "stream");
                case SHOP_JOINED -> join(member, "shop");
                default -> join(member, "chat");
            }
        }
    }

    private static void join(Member member, String channel) {
        member.write("{\"type\":\"join\",\"room\":\"" + channel + ":" + member.room.key + "\"}");
    }

    @Override
    public void say(Member member, int number, String text) {
        member.write("{\"type\":\"send\",\"id\":\"" + number + "\",\"room\":\"chat:" + member.room.key
                + "\",\"message\":\"" + text + "\",\"clientMessageId\":\"" + member.user + "-" + number + "\"}");
    }

    /** The number of the message that this answers, or -1. */
    private static int replyTo(ByteBuf frame, int start, int end) {
        int at = ByteSearch.find(frame, start, end, REPLY_TO);
        return at < 0 ? Member.OLDEST : ByteSearch.number(frame, at + REPLY_TO.length, end);
    }
}
