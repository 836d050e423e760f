package io.dorami.gateway.socketio.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Socket.IO packet. Bytes in the arguments are {@link BinaryNode}s, independent of the transport. */
public sealed interface Packet {

    /** Namespace of the packet; the main one is {@code /}. */
    String namespace();

    /** CONNECT: a client's request to join, with its credentials, or the server's confirmation, with the socket ID. */
    record Connect(String namespace, ObjectNode data) implements Packet {}

    /** CONNECT_ERROR: the server rejects the client. */
    record ConnectError(String namespace, ObjectNode data) implements Packet {}

    /** DISCONNECT: the client leaves, or the server disconnects it. */
    record Disconnect(String namespace) implements Packet {}

    /**
     * EVENT or BINARY_EVENT.
     *
     * @param id of the acknowledgement that the sender expects; null if the sender expects none
     * @param arguments name of the event, then its data
     */
    record Event(String namespace, @Nullable Long id, ArrayNode arguments) implements Packet {

        /** Name of the event as text; the protocol allows numbers too. */
        public String name() {
            return arguments.get(0).asText();
        }

        /** First argument after the name; a JSON {@code null} if there is none. */
        public JsonNode payload() {
            return arguments.size() > 1 ? arguments.get(1) : JsonNodeFactory.instance.nullNode();
        }
    }

    /** ACK or BINARY_ACK: the acknowledgement of an event. */
    record Ack(String namespace, long id, ArrayNode arguments) implements Packet {}

    /** An encoded packet: a text, and the attachments that must follow. */
    record Encoded(String text, List<byte[]> attachments) {}

    /** Encodes the packet as Engine.IO messages. The text starts with Engine.IO's {@code 4}. */
    default Encoded encode() {
        List<byte[]> attachments = new ArrayList<>();
        String text = switch (this) {
            case Connect p -> header("40") + p.data;
            case ConnectError p -> header("44") + p.data;
            case Disconnect p -> header("41");
            case Event p -> {
                JsonNode arguments = extractAttachments(p.arguments, attachments);
                yield header(attachments.isEmpty() ? "42" : "45" + attachments.size() + "-")
                        + (p.id == null ? "" : p.id)
                        + arguments;
            }
            case Ack p -> {
                JsonNode arguments = extractAttachments(p.arguments, attachments);
                yield header(attachments.isEmpty() ? "43" : "46" + attachments.size() + "-") + p.id + arguments;
            }
        };
        return new Encoded(text, attachments);
    }

    private String header(String type) {
        return header(type, namespace());
    }

    /** Start of a packet's text: type and namespace. */
    static String header(String type, String namespace) {
        return namespace.equals("/") ? type : type + namespace + ',';
    }

    /** Replaces bytes by placeholders. Parts without bytes are not copied. */
    private static JsonNode extractAttachments(JsonNode node, List<byte[]> attachments) {
        if (!containsBinary(node)) {
            return node;
        }
        if (node instanceof BinaryNode bytes) {
            attachments.add(bytes.binaryValue());
            return AttachmentPlaceholder.of(attachments.size() - 1);
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode(array.size());
            array.forEach(element -> copy.add(extractAttachments(element, attachments)));
            return copy;
        }
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        node.properties().forEach(field -> copy.set(field.getKey(), extractAttachments(field.getValue(), attachments)));
        return copy;
    }

    private static boolean containsBinary(JsonNode node) {
        if (node.isBinary()) {
            return true;
        }
        for (JsonNode child : node) {
            if (containsBinary(child)) {
                return true;
            }
        }
        return false;
    }
}
