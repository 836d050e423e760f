package io.dorami.loadtest.protocol;

import io.netty.buffer.ByteBuf;
import java.util.EnumSet;
import java.util.Set;

/**
 * Plain publish and subscribe: frames are published unchanged, without users, joins or replies. The path is the room.
 */
public final class PlainProtocol implements ClientProtocol {

    @Override
    public String path(String roomKey) {
        return "/room/" + roomKey;
    }

    @Override
    public Set<ReceivedEvent> expectedJoins(boolean page) {
        return EnumSet.of(ReceivedEvent.CHAT_JOINED);
    }

    @Override
    public void onOpen(ProtocolClient client) {
        client.onConnected();
    }

    @Override
    public void join(ProtocolClient client) {
        client.onJoined(ReceivedEvent.CHAT_JOINED); // a connected client is subscribed
    }

    @Override
    public void onText(ProtocolClient client, ByteBuf frame, int start, int end) {
        client.onMessage(frame, start, end);
    }

    @Override
    public void sendMessage(ProtocolClient client, int number, String text) {
        client.write(text);
        client.onAccepted(number); // the server sends no reply, so that every message counts as accepted
    }
}
