package io.dorami.loadtest;

import io.netty.buffer.ByteBuf;
import java.util.EnumSet;
import java.util.Set;

/** Text frames that are published as they are: no users, no joins, no answers. The address names the room. */
final class PlainProtocol implements ClientProtocol {

    @Override
    public String path(Room room) {
        return "/room/" + room.key;
    }

    @Override
    public Set<ReceivedEvent> joins(boolean page) {
        return EnumSet.of(ReceivedEvent.CHAT_JOINED);
    }

    @Override
    public void opened(Member member) {
        member.connected();
    }

    @Override
    public void join(Member member) {
        member.joined(ReceivedEvent.CHAT_JOINED); // who is connected is in
    }

    @Override
    public void text(Member member, ByteBuf frame, int start, int end) {
        member.message(frame, start, end);
    }

    @Override
    public void say(Member member, int number, String text) {
        member.write(text);
        member.accepted(number); // nobody says so, and each is expected
    }
}
