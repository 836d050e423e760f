package io.dorami.gateway.socketio;

import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.gateway.hub.DroppedMessage;
import io.dorami.gateway.hub.FrameEncoder;
import io.dorami.gateway.socketio.protocol.Packet;
import io.dorami.gateway.transport.Frame;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The wire format of Socket.IO in one namespace: one event as one packet, {@code 42/chat,["chat:message",{…},"offset"]}.
 * The data is JSON already and is copied, not parsed. An offset stands last, where socket.io-client looks for it; so nothing
 * else may end in a string, and no event may be without data.
 */
public final class SocketIoFrameEncoder implements FrameEncoder {

    /** One for each namespace. */
    private static final Map<String, SocketIoFrameEncoder> ALL = Stream.of(RoomType.values())
            .map(RoomType::namespace)
            .distinct()
            .collect(Collectors.toMap(namespace -> namespace, SocketIoFrameEncoder::new));

    private final String namespace;
    private final String head;

    private SocketIoFrameEncoder(String namespace) {
        this.namespace = namespace;
        this.head = Packet.head("42", namespace);
    }

    /** The format of a channel's namespace. */
    public static SocketIoFrameEncoder of(RoomType channel) {
        return of(channel.namespace());
    }

    /** The format of one of the namespaces that a channel belongs to. */
    static SocketIoFrameEncoder of(String namespace) {
        SocketIoFrameEncoder format = ALL.get(namespace);
        if (format == null) {
            throw new IllegalArgumentException("No namespace " + namespace);
        }
        return format;
    }

    public String namespace() {
        return namespace;
    }

    @Override
    public String label() {
        return "socketio";
    }

    @Override
    public boolean jointOffset() {
        return true;
    }

    @Override
    public Frame event(RoomId room, EventFrame event, @Nullable String offset) {
        return frame(room, event, offset);
    }

    @Override
    public Frame answer(DirectMessage reply) {
        return frame(reply.room(), reply.event(), reply.offset());
    }

    @Override
    public Frame dropped(RoomId room, int count) {
        return frame(room, new DroppedMessage(room, count).frame(), null);
    }

    private Frame frame(@Nullable RoomId room, EventFrame event, @Nullable String offset) {
        StringBuilder text = new StringBuilder(event.data().length() + 128);
        text.append(head).append("[\"").append(event.name()).append("\",");
        if (event.flat()) {
            text.append(event.data());
        } else {
            text.append("{\"type\":\"").append(event.name()).append("\",\"data\":");
            text.append(event.data()).append('}');
        }
        if (offset != null) {
            text.append(",\"").append(offset).append('"');
        }
        text.append(']');
        return Frame.text(event.delivery(), room == null ? null : room.toString(), event.name(), text.toString());
    }
}
