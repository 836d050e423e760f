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
 * Decoder for the packets of one connection: {@code <type>[<attachments>-][<namespace>,][<id>][<JSON>]}, then the
 * attachments. Keeps a packet only until its attachments are complete.
 */
final class PacketDecoder {

    /** Limit of the JavaScript implementation. A packet that announces more is rejected before any of them is read. */
    static final int MAX_ATTACHMENTS = 10;

    /** One digit less than the largest exact integer of JavaScript, which has 16. */
    private static final int MAX_ID_DIGITS = 15;

    private static final int MAX_NAMESPACE_CHARACTERS = 64;

    /** Event names that the client and server libraries use internally. */
    private static final Set<String> RESERVED_EVENT_NAMES =
            Set.of("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final int maxAttachmentBytes;

    private @Nullable PartialPacket partialPacket;

    /**
     * Creates the decoder of one connection.
     *
     * @param maxAttachmentBytes limit of all attachments of one packet together
     */
    PacketDecoder(int maxAttachmentBytes) {
        this.maxAttachmentBytes = maxAttachmentBytes;
    }

    /** A packet with missing attachments. */
    private static final class PartialPacket {
        final Packet packet;
        final int expectedAttachments;
        final List<byte[]> attachments = new ArrayList<>();
        int receivedBytes;

        PartialPacket(Packet packet, int expectedAttachments) {
            this.packet = packet;
            this.expectedAttachments = expectedAttachments;
        }
    }

    /** Decodes the text of a packet. Returns null if attachments must follow. */
    @Nullable
    Packet decodeText(String message) {
        if (partialPacket != null) {
            throw new MalformedPacketException("Expected an attachment, got text");
        }
        return new Scanner(message).readPacket();
    }

    /** Adds an attachment. Returns the packet that the attachment completes, or null if more must follow. */
    @Nullable
    Packet decodeAttachment(byte[] bytes) {
        PartialPacket partial = partialPacket;
        if (partial == null) {
            throw new MalformedPacketException("Expected text, got an attachment");
        }
        partial.attachments.add(bytes);
        partial.receivedBytes += bytes.length;
        if (partial.receivedBytes > maxAttachmentBytes) {
            throw new MalformedPacketException("Attachments exceed " + maxAttachmentBytes + " bytes");
        }
        if (partial.attachments.size() < partial.expectedAttachments) {
            return null;
        }
        partialPacket = null;
        return switch (partial.packet) {
            case Packet.Event event ->
                new Packet.Event(
                        event.namespace(), event.id(), replacePlaceholders(event.arguments(), partial.attachments));
            case Packet.Ack ack ->
                new Packet.Ack(ack.namespace(), ack.id(), replacePlaceholders(ack.arguments(), partial.attachments));
            case Packet.Connect p -> p;
            case Packet.ConnectError p -> p;
            case Packet.Disconnect p -> p;
        };
    }

    /** Replaces the placeholders by their attachments, in place. */
    private static ArrayNode replacePlaceholders(ArrayNode array, List<byte[]> attachments) {
        for (int i = 0; i < array.size(); i++) {
            array.set(i, replacePlaceholder(array.get(i), attachments));
        }
        return array;
    }

    private static JsonNode replacePlaceholder(JsonNode node, List<byte[]> attachments) {
        if (AttachmentPlaceholder.isPlaceholder(node)) {
            int number = AttachmentPlaceholder.number(node);
            if (number < 0 || number >= attachments.size()) {
                throw new MalformedPacketException("Placeholder without an attachment");
            }
            return JsonNodeFactory.instance.binaryNode(attachments.get(number));
        }
        if (node instanceof ArrayNode array) {
            return replacePlaceholders(array, attachments);
        }
        if (node instanceof ObjectNode object) {
            object.properties().forEach(field -> field.setValue(replacePlaceholder(field.getValue(), attachments)));
        }
        return node;
    }

    /** Scanner of one packet's text, from left to right. */
    private final class Scanner {
        private final String text;
        private int position;

        Scanner(String text) {
            this.text = text;
        }

        @Nullable
        Packet readPacket() {
            char type = position < text.length() ? text.charAt(position++) : ' ';
            boolean binary = type == '5' || type == '6';
            int attachmentCount = binary ? readAttachmentCount() : 0;
            String namespace = readNamespace();
            String id = readDigits(MAX_ID_DIGITS);
            JsonNode data = readJson();
            Packet packet = switch (type) {
                case '0' -> new Packet.Connect(namespace, requireObject(data));
                case '1' -> toDisconnect(namespace, data);
                case '2', '5' ->
                    new Packet.Event(namespace, id.isEmpty() ? null : Long.valueOf(id), requireEvent(data));
                case '3', '6' -> new Packet.Ack(namespace, requireId(id), requireArray(data));
                case '4' -> throw new MalformedPacketException("CONNECT_ERROR is sent by servers only");
                default -> throw new MalformedPacketException("Unknown packet type");
            };
            if (attachmentCount > 0) {
                partialPacket = new PartialPacket(packet, attachmentCount);
                return null;
            }
            return packet;
        }

        private int readAttachmentCount() {
            String digits = readDigits(2);
            if (digits.isEmpty() || position == text.length() || text.charAt(position++) != '-') {
                throw new MalformedPacketException("Binary packet: expected the number of attachments");
            }
            int number = Integer.parseInt(digits);
            if (number > MAX_ATTACHMENTS) {
                throw new MalformedPacketException("More than " + MAX_ATTACHMENTS + " attachments");
            }
            return number;
        }

        /** Returns the namespace without a query, which clients may append. */
        private String readNamespace() {
            if (position == text.length() || text.charAt(position) != '/') {
                return "/";
            }
            int comma = text.indexOf(',', position);
            String namespace = text.substring(position, comma < 0 ? text.length() : comma);
            position = comma < 0 ? text.length() : comma + 1;
            int query = namespace.indexOf('?');
            String path = query < 0 ? namespace : namespace.substring(0, query);
            if (path.length() > MAX_NAMESPACE_CHARACTERS) {
                throw new MalformedPacketException("Namespace exceeds " + MAX_NAMESPACE_CHARACTERS + " characters");
            }
            return path;
        }

        private String readDigits(int maxDigits) {
            int start = position;
            while (position < text.length() && text.charAt(position) >= '0' && text.charAt(position) <= '9') {
                position++;
            }
            if (position - start > maxDigits) {
                throw new MalformedPacketException("Number exceeds " + maxDigits + " digits");
            }
            return text.substring(start, position);
        }

        private @Nullable JsonNode readJson() {
            if (position == text.length()) {
                return null;
            }
            try {
                return JSON.readTree(text.substring(position));
            } catch (JsonProcessingException e) {
                throw new MalformedPacketException("Payload: expected JSON: " + e.getOriginalMessage());
            }
        }

        private static ObjectNode requireObject(@Nullable JsonNode data) {
            if (data == null) {
                return JsonNodeFactory.instance.objectNode();
            }
            if (data instanceof ObjectNode object) {
                return object;
            }
            throw new MalformedPacketException("Credentials: expected a JSON object");
        }

        private static Packet toDisconnect(String namespace, @Nullable JsonNode data) {
            if (data != null) {
                throw new MalformedPacketException("DISCONNECT: expected no payload");
            }
            return new Packet.Disconnect(namespace);
        }

        private static ArrayNode requireArray(@Nullable JsonNode data) {
            if (data instanceof ArrayNode array) {
                return array;
            }
            throw new MalformedPacketException("Payload: expected a JSON array");
        }

        private static ArrayNode requireEvent(@Nullable JsonNode data) {
            ArrayNode arguments = requireArray(data);
            JsonNode name = arguments.path(0);
            if (!(name.isNumber() || name.isTextual()) || RESERVED_EVENT_NAMES.contains(name.asText())) {
                throw new MalformedPacketException("Event name: expected a string or number that is not reserved");
            }
            return arguments;
        }

        private static long requireId(String id) {
            if (id.isEmpty()) {
                throw new MalformedPacketException("Acknowledgement: expected an id");
            }
            return Long.parseLong(id);
        }
    }
}
