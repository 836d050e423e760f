package io.dorami.gateway.socketio.protocol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.gateway.socketio.engine.MalformedPacketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the packets of one connection:
 * {@code <type>[<attachments>-][<namespace>,][<id>][<JSON>]}, then the attachments. Holds a packet only while its
 * attachments are under way.
 */
final class PacketDecoder {

    /** As the JavaScript implementation has it. A packet with more is refused before any of them is read. */
    static final int MAX_ATTACHMENTS = 10;

    /** The largest integer that is exact in JavaScript has 16 digits. */
    private static final int ID_DIGITS = 15;

    private static final int NAMESPACE_CHARACTERS = 64;

    /** Names that clients and servers use for themselves. */
    private static final Set<String> RESERVED =
            Set.of("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final int maxPayload;

    private @Nullable PartialPacket incomplete;

    /**
     * @param maxPayload bytes that the attachments of one packet may have together
     */
    PacketDecoder(int maxPayload) {
        this.maxPayload = maxPayload;
    }

    /** A packet whose attachments are still to come. */
    private static final class PartialPacket {
        final Packet packet;
        final int expected;
        final List<byte[]> attachments = new ArrayList<>();
        int bytes;

        PartialPacket(Packet packet, int expected) {
            this.packet = packet;
            this.expected = expected;
        }
    }

    /** The packet, or nothing as long as attachments are missing. */
    @Nullable
    Packet text(String message) {
        if (incomplete != null) {
            throw new MalformedPacketException("Text where an attachment was announced");
        }
        return new Scanner(message).packet();
    }

    /** The packet that this attachment completes, or nothing as long as others are missing. */
    @Nullable
    Packet attachment(byte[] bytes) {
        PartialPacket open = incomplete;
        if (open == null) {
            throw new MalformedPacketException("An attachment that no packet announced");
        }
        open.attachments.add(bytes);
        open.bytes += bytes.length;
        if (open.bytes > maxPayload) {
            throw new MalformedPacketException("Attachments beyond the largest payload");
        }
        if (open.attachments.size() < open.expected) {
            return null;
        }
        incomplete = null;
        return switch (open.packet) {
            case Packet.Event event ->
                new Packet.Event(event.namespace(), event.id(), fill(event.arguments(), open.attachments));
            case Packet.Ack ack -> new Packet.Ack(ack.namespace(), ack.id(), fill(ack.arguments(), open.attachments));
            case Packet.Connect p -> p;
            case Packet.ConnectError p -> p;
            case Packet.Disconnect p -> p;
        };
    }

    /** Puts the attachments where their placeholders stand. */
    private static ArrayNode fill(ArrayNode array, List<byte[]> attachments) {
        for (int i = 0; i < array.size(); i++) {
            array.set(i, filled(array.get(i), attachments));
        }
        return array;
    }

    private static JsonNode filled(JsonNode node, List<byte[]> attachments) {
        if (AttachmentPlaceholder.is(node)) {
            int number = AttachmentPlaceholder.number(node);
            if (number < 0 || number >= attachments.size()) {
                throw new MalformedPacketException("A placeholder without an attachment");
            }
            return JsonNodeFactory.instance.binaryNode(attachments.get(number));
        }
        if (node instanceof ArrayNode array) {
            return fill(array, attachments);
        }
        if (node instanceof ObjectNode object) {
            object.properties().forEach(field -> field.setValue(filled(field.getValue(), attachments)));
        }
        return node;
    }

    /** One packet's text, read from left to right. */
    private final class Scanner {
        private final String text;
        private int at;

        Scanner(String text) {
            this.text = text;
        }

        @Nullable
        Packet packet() {
            char type = at < text.length() ? text.charAt(at++) : ' ';
            boolean binary = type == '5' || type == '6';
            int attachments = binary ? attachments() : 0;
            String namespace = namespace();
            String id = digits(ID_DIGITS);
            JsonNode data = json();
            Packet packet = switch (type) {
                case '0' -> new Packet.Connect(namespace, object(data));
                case '1' -> disconnect(namespace, data);
                case '2', '5' -> new Packet.Event(namespace, id.isEmpty() ? null : Long.valueOf(id), event(data));
                case '3', '6' -> new Packet.Ack(namespace, required(id), array(data));
                case '4' -> throw new MalformedPacketException("Only a server refuses");
                default -> throw new MalformedPacketException("Unknown packet type");
            };
            if (attachments > 0) {
                incomplete = new PartialPacket(packet, attachments);
                return null;
            }
            return packet;
        }

        private int attachments() {
            String digits = digits(2);
            if (digits.isEmpty() || at == text.length() || text.charAt(at++) != '-') {
                throw new MalformedPacketException("A binary packet without its number of attachments");
            }
            int number = Integer.parseInt(digits);
            if (number > MAX_ATTACHMENTS) {
                throw new MalformedPacketException("More than " + MAX_ATTACHMENTS + " attachments");
            }
            return number;
        }

        /** Without a query, which clients may append. */
        private String namespace() {
            if (at == text.length() || text.charAt(at) != '/') {
                return "/";
            }
            int comma = text.indexOf(',', at);
            String namespace = text.substring(at, comma < 0 ? text.length() : comma);
            at = comma < 0 ? text.length() : comma + 1;
            int query = namespace.indexOf('?');
            String path = query < 0 ? namespace : namespace.substring(0, query);
            if (path.length() > NAMESPACE_CHARACTERS) {
                throw new MalformedPacketException("A namespace of more than " + NAMESPACE_CHARACTERS + " characters");
            }
            return path;
        }

        private String digits(int most) {
            int start = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            if (at - start > most) {
                throw new MalformedPacketException("A number of more than " + most + " digits");
            }
            return text.substring(start, at);
        }

        private @Nullable JsonNode json() {
            if (at == text.length()) {
                return null;
            }
            try {
                return JSON.readTree(text.substring(at));
            } catch (JsonProcessingException e) {
                throw new MalformedPacketException("Not JSON: " + e.getOriginalMessage());
            }
        }

        private static ObjectNode object(@Nullable JsonNode data) {
            if (data == null) {
                return JsonNodeFactory.instance.objectNode();
            }
            if (data instanceof ObjectNode object) {
                return object;
            }
            throw new MalformedPacketException("Credentials that are no object");
        }

        private static Packet disconnect(String namespace, @Nullable JsonNode data) {
            if (data != null) {
                throw new MalformedPacketException("A disconnect has no payload");
            }
            return new Packet.Disconnect(namespace);
        }

        private static ArrayNode array(@Nullable JsonNode data) {
            if (data instanceof ArrayNode array) {
                return array;
            }
            throw new MalformedPacketException("A payload that is no array");
        }

        private static ArrayNode event(@Nullable JsonNode data) {
            ArrayNode arguments = array(data);
            JsonNode name = arguments.path(0);
            if (!(name.isNumber() || name.isTextual()) || RESERVED.contains(name.asText())) {
                throw new MalformedPacketException("An event without a name, or with a reserved one");
            }
            return arguments;
        }

        private static long required(String id) {
            if (id.isEmpty()) {
                throw new MalformedPacketException("An acknowledgement of nothing");
            }
            return Long.parseLong(id);
        }
    }
}
