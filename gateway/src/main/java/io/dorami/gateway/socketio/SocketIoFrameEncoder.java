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
 * Encoder for Socket.IO in one namespace: one event per packet, {@code 42/chat,["chat:message",{…},"offset"]}. The data
 * is JSON already and is copied, not parsed. The offset comes last, where socket.io-client looks for it. Therefore no
 * other packet may end with a string, and no event may lack data.
 */
public final class SocketIoFrameEncoder implements FrameEncoder {

    private static final Map<String, SocketIoFrameEncoder> BY_NAMESPACE = Stream.of(RoomType.values())
            .map(RoomType::namespace)
            .distinct()
            .collect(Collectors.toMap(namespace -> namespace, SocketIoFrameEncoder::new));

    private final String namespace;
    private final String header;

    private SocketIoFrameEncoder(String namespace) {
        this.namespace = namespace;
        this.header = Packet.header("42", namespace);
    }

    /** Encoder for the namespace of a room type. */
    public static SocketIoFrameEncoder of(RoomType roomType) {
        return of(roomType.namespace());
    }

    /** Encoder for a namespace, which must be the one of a room type. */
    static SocketIoFrameEncoder of(String namespace) {
        SocketIoFrameEncoder encoder = BY_NAMESPACE.get(namespace);
        if (encoder == null) {
            throw new IllegalArgumentException("Unknown namespace: " + namespace);
        }
        return encoder;
    }

    public String namespace() {
        return namespace;
    }

    @Override
    public String metricsLabel() {
        return "socketio";
    }

    @Override
    public boolean usesJointOffset() {
        return true;
    }

    @Override
    public Frame encodeEvent(RoomId room, EventFrame event, @Nullable String offset) {
        return encode(room, event, offset);
    }

    @Override
    public Frame encodeDirect(DirectMessage message) {
        return encode(message.room(), message.event(), message.offset());
    }

    @Override
    public Frame encodeDropped(RoomId room, int count) {
        return encode(room, new DroppedMessage(room, count).frame(), null);
    }

    private Frame encode(@Nullable RoomId room, EventFrame event, @Nullable String offset) {
        StringBuilder text = new StringBuilder(event.data().length() + 128);
        text.append(header).append("[\"").append(event.name()).append("\",");
        if (event.isFlat()) {
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
