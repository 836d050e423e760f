package io.dorami.loadtest.protocol;

import io.netty.buffer.ByteBuf;
import java.util.EnumSet;
import java.util.Set;

/** The gateway's JSON protocol on {@code /ws}. */
public final class JsonProtocol implements ClientProtocol {

    /** Offset of the event's name in {@code {"event":"…}. */
    private static final int EVENT_NAME_OFFSET = 10;

    private static final byte[] REPLY_TO = ByteSearch.ascii("\"replyTo\":\"");

    @Override
    public String path(String roomKey) {
        return "/ws";
    }

    @Override
    public Set<ReceivedEvent> expectedJoins(boolean page) {
        return page
                ? EnumSet.of(ReceivedEvent.STREAM_JOINED, ReceivedEvent.SHOP_JOINED, ReceivedEvent.CHAT_JOINED)
                : EnumSet.of(ReceivedEvent.CHAT_JOINED);
    }

    @Override
    public void onOpen(ProtocolClient client) {
        client.write("{\"type\":\"hello\",\"version\":1,\"token\":\"" + client.token() + "\"}");
    }

    @Override
    public void onText(ProtocolClient client, ByteBuf frame, int start, int end) {
        if (ByteSearch.isChatMessage(frame, start, end)) {
            client.onMessage(frame, start, end);
            return;
        }
        ReceivedEvent event = ReceivedEvent.at(frame, start + EVENT_NAME_OFFSET, end);
        switch (event) {
            case WELCOME -> client.onConnected();
            case SENT -> client.onAccepted(replyTo(frame, start, end));
            default -> client.onEvent(event, frame, start, end);
        }
    }

    @Override
    public void join(ProtocolClient client) {
        for (ReceivedEvent missing : client.missingJoins()) {
            switch (missing) {
                case STREAM_JOINED -> join(client, "stream");
                case SHOP_JOINED -> join(client, "shop");
                default -> join(client, "chat");
            }
        }
    }

    private static void join(ProtocolClient client, String roomType) {
        client.write("{\"type\":\"join\",\"room\":\"" + roomType + ":" + client.roomKey() + "\"}");
    }

    @Override
    public void sendMessage(ProtocolClient client, int number, String text) {
        client.write("{\"type\":\"send\",\"id\":\"" + number + "\",\"room\":\"chat:" + client.roomKey()
                + "\",\"message\":\"" + text + "\",\"clientMessageId\":\"" + client.user() + "-" + number + "\"}");
    }

    /** Number of the message that the frame replies to, or {@link ProtocolClient#OLDEST}. */
    private static int replyTo(ByteBuf frame, int start, int end) {
        int at = ByteSearch.find(frame, start, end, REPLY_TO);
        return at < 0 ? ProtocolClient.OLDEST : ByteSearch.number(frame, at + REPLY_TO.length, end);
    }
}
