package io.dorami.loadtest;

import io.netty.buffer.ByteBuf;

/** The gateway's own protocol on {@code /ws}. */
final class JsonWire implements Wire {

    /** In {@code {"event":"…}, where the name begins. */
    private static final int NAME = 10;

    private static final byte[] REPLY_TO = Bytes.ascii("\"replyTo\":\"");

    @Override
    public String path(Room room) {
        return "/ws";
    }

    @Override
    public void opened(Member member) {
        member.write("{\"type\":\"hello\",\"version\":1,\"token\":\"" + member.token() + "\"}");
    }

    @Override
    public void text(Member member, ByteBuf frame, int start, int end) {
        if (Bytes.chatMessage(frame, start, end)) {
            member.message(frame, start, end);
            return;
        }
        Event event = Event.at(frame, start + NAME, end);
        switch (event) {
            case WELCOME -> {
                member.connected();
                member.whole().forEach(channel -> join(member, channel));
            }
            case SENT -> member.accepted(replyTo(frame, start, end));
            default -> member.event(event, frame, start, end);
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
        int at = Bytes.find(frame, start, end, REPLY_TO);
        if (at < 0) {
            return -1;
        }
        int number = 0;
        for (int i = at + REPLY_TO.length; i < end; i++) {
            int digit = frame.getByte(i) - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
