package io.dorami.loadtest.protocol;

import io.netty.buffer.ByteBuf;
import java.util.EnumSet;
import java.util.Set;

/**
 * Socket.IO 5 over Engine.IO 4, transport WebSocket, as the web client uses it: the namespaces share one connection,
 * the token is in the CONNECT packet, and a success is an event.
 */
public final class SocketIoProtocol implements ClientProtocol {

    private static final byte OPEN = '0';
    private static final byte PING = '2';
    private static final byte MESSAGE = '4';
    private static final byte CONNECT = '0';
    private static final byte DISCONNECT = '1';
    private static final byte EVENT = '2';
    private static final byte CONNECT_ERROR = '4';

    @Override
    public String path(String roomKey) {
        return "/socket.io/?EIO=4&transport=websocket";
    }

    /** Success events of chat and stream; the shop sends no success, only an event to its room. */
    @Override
    public Set<ReceivedEvent> expectedJoins(boolean page) {
        return page
                ? EnumSet.of(ReceivedEvent.STREAM_JOINED, ReceivedEvent.CHAT_JOINED)
                : EnumSet.of(ReceivedEvent.CHAT_JOINED);
    }

    @Override
    public void onOpen(ProtocolClient client) {} // the server sends the first packet

    @Override
    public void onText(ProtocolClient client, ByteBuf frame, int start, int end) {
        if (ByteSearch.isChatMessage(frame, start, end)) {
            client.onMessage(frame, start, end);
            return;
        }
        switch (frame.getByte(start)) {
            case OPEN -> connect(client);
            case PING -> client.write("3");
            case MESSAGE -> onPacket(client, frame, start, end);
            default -> {} // noop
        }
    }

    private static void connect(ProtocolClient client) {
        String auth = "{\"token\":\"" + client.token() + "\"}";
        if (client.isPage()) {
            client.write("40" + auth);
            client.write("40/streaming," + auth);
        }
        client.write("40/chat," + auth);
    }

    private static void onPacket(ProtocolClient client, ByteBuf frame, int start, int end) {
        switch (frame.getByte(start + 1)) {
            case CONNECT -> {} // the namespace's own event follows
            case EVENT -> onEvent(client, frame, start, end);
            case DISCONNECT, CONNECT_ERROR -> client.onRejected(ByteSearch.text(frame, start, end));
            default -> throw new IllegalStateException("Unexpected packet: " + ByteSearch.text(frame, start, end));
        }
    }

    private static void onEvent(ProtocolClient client, ByteBuf frame, int start, int end) {
        int bracket = frame.indexOf(start, end, (byte) '[');
        ReceivedEvent event = ReceivedEvent.at(frame, bracket + 2, end);
        switch (event) {
            case CONNECTED -> join(client, "", "join:stream", "streamId");
            case CONNECTION_SUCCESS -> {
                if (frame.getByte(start + 3) == 'c') { // of /chat, the last namespace that connect requested
                    client.onConnected();
                }
            }
            case SENT -> client.onAccepted(ProtocolClient.OLDEST);
            default -> client.onEvent(event, frame, start, end);
        }
    }

    @Override
    public void join(ProtocolClient client) {
        for (ReceivedEvent missing : client.missingJoins()) {
            if (missing == ReceivedEvent.STREAM_JOINED) {
                join(client, "/streaming,", "stream:viewer:join", "streamKey");
            } else {
                join(client, "/chat,", "chat:join-room", "liveId");
            }
        }
    }

    private static void join(ProtocolClient client, String namespace, String event, String roomField) {
        client.write("42" + namespace + "[\"" + event + "\",{\"" + roomField + "\":\"" + client.roomKey() + "\"}]");
    }

    @Override
    public void sendMessage(ProtocolClient client, int number, String text) {
        client.write("42/chat,[\"chat:send-message\",{\"liveId\":\"" + client.roomKey() + "\",\"message\":\"" + text
                + "\",\"clientMessageId\":\"" + client.user() + "-" + number + "\"}]");
    }
}
