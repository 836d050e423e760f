package io.dorami.gateway.socketio.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Socket.IO packet. Bytes among the arguments are {@link BinaryNode}s, whatever way they travel.
 */
public sealed interface Packet {

    /** To which namespace of the connection it belongs; the main one is {@code /}. */
    String namespace();

    /** From a client: asks to come in, with its credentials. From the server: it is in, and under which id. */
    record Connect(String namespace, ObjectNode data) implements Packet {}

    /** It is not let in. */
    record ConnectError(String namespace, ObjectNode data) implements Packet {}

    /** Goes out, or is put out. */
    record Disconnect(String namespace) implements Packet {}

    /**
     * An event.
     *
     * @param id names the acknowledgement that the sender waits for, if it does
     * @param arguments the event's name, then what comes with it
     */
    record Event(String namespace, @Nullable Long id, ArrayNode arguments) implements Packet {

        /** The event's name; the protocol allows numbers too. */
        public String name() {
            return arguments.get(0).asText();
        }

        /** The first argument after the name; {@code null} in JSON where there is none. */
        public JsonNode payload() {
            return arguments.size() > 1 ? arguments.get(1) : JsonNodeFactory.instance.nullNode();
        }
    }

    /** The acknowledgement of an event. */
    record Ack(String namespace, long id, ArrayNode arguments) implements Packet {}

    /** What goes over the wire: a text, and the attachments that must follow it. */
    record Encoded(String text, List<byte[]> attachments) {}

    /** As Engine.IO messages: the text begins with Engine.IO's {@code 4}. */
    default Encoded encode() {
        List<byte[]> attachments = new ArrayList<>();
        String text = switch (this) {
            case Connect p -> head("40") + p.data;
            case ConnectError p -> head("44") + p.data;
            case Disconnect p -> head("41");
            case Event p -> {
                JsonNode arguments = extract(p.arguments, attachments);
                yield head(attachments.isEmpty() ? "42" : "45" + attachments.size() + "-")
                        + (p.id == null ? "" : p.id)
                        + arguments;
            }
            case Ack p -> {
                JsonNode arguments = extract(p.arguments, attachments);
                yield head(attachments.isEmpty() ? "43" : "46" + attachments.size() + "-") + p.id + arguments;
            }
        };
        return new Encoded(text, attachments);
    }

    private String head(String type) {
        return head(type, namespace());
    }

    /** The start of a packet's text. */
    static String head(String type, String namespace) {
        return namespace.equals("/") ? type : type + namespace + ',';
    }

    /** The same with placeholders instead of bytes; what has none is not copied. */
    private static JsonNode extract(JsonNode node, List<byte[]> attachments) {
        if (!holdsBytes(node)) {
            return node;
        }
        if (node instanceof BinaryNode bytes) {
            attachments.add(bytes.binaryValue());
            return AttachmentPlaceholder.of(attachments.size() - 1);
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode(array.size());
            array.forEach(element -> copy.add(extract(element, attachments)));
            return copy;
        }
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        node.properties().forEach(field -> copy.set(field.getKey(), extract(field.getValue(), attachments)));
        return copy;
    }

    private static boolean holdsBytes(JsonNode node) {
        if (node.isBinary()) {
            return true;
        }
        for (JsonNode child : node) {
            if (holdsBytes(child)) {
                return true;
            }
        }
        return false;
    }
}
