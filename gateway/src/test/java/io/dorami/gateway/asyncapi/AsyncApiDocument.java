package io.dorami.gateway.asyncapi;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.events.ClientEvent;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.MembershipChange;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.gateway.hub.DroppedMessage;
import io.dorami.gateway.json.WelcomeMessage;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The description of the gateway's protocols, {@code gateway/asyncapi.yaml}, generated from the contract's records:
 * {@code mvn -Dasyncapi -pl gateway -am process-test-classes} writes the file.
 */
final class AsyncApiDocument {

    static final String DROPPED_SUMMARY =
            "Number of events of a room that were dropped because the client reads too slowly.";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    private final JsonSchemas schemas = new JsonSchemas();

    /** Writes the document to the file that the first argument names. */
    public static void main(String[] arguments) throws IOException {
        Files.writeString(Path.of(arguments[0]), new AsyncApiDocument().toYaml());
    }

    String toYaml() throws IOException {
        return YAML.writeValueAsString(toJson());
    }

    ObjectNode toJson() {
        ObjectNode document = JSON.objectNode().put("asyncapi", "3.0.0");
        document.putObject("info")
                .put("title", "Dorami gateway")
                .put("version", String.valueOf(ClientRequest.PROTOCOL_VERSION))
                .put(
                        "description",
                        "The JSON protocol, and Socket.IO for the web client. Generated from the records of"
                                + " infrastructure/contracts; README.md in the same directory explains the protocols."
                                + " Ignore unknown events and fields.");
        document.putObject("servers")
                .putObject("local")
                .put("host", "localhost:8080")
                .put("protocol", "ws");
        ObjectNode channel = document.putObject("channels").putObject("live");
        channel.put("address", "/ws").put("description", "One JSON object per frame; at most 50 KB from the client.");
        channel.withArray("servers").addObject().put("$ref", "#/servers/local");
        channel.putObject("messages");
        document.putObject("operations");
        operation(document, "live", "request", "receive", "Receive a client's request", requests());
        operation(document, "live", "event", "send", "Send an event to a client", events());
        new SocketIoAsyncApi(schemas).describe(document);
        ObjectNode components = document.putObject("components");
        schemas.named()
                .forEach((name, schema) -> components.withObject("/schemas").set(name, schema));
        return document;
    }

    /** Adds an operation on a channel with its messages. */
    static void operation(
            ObjectNode document,
            String channel,
            String name,
            String action,
            String summary,
            List<ObjectNode> messages) {
        ObjectNode operation = document.withObject("/operations")
                .putObject(name)
                .put("action", action)
                .put("summary", summary);
        operation.putObject("channel").put("$ref", "#/channels/" + channel);
        for (ObjectNode message : messages) {
            String key = message.path("name").asText().replace(':', '.');
            document.withObject("/channels/" + channel + "/messages").set(key, message);
            operation.withArray("messages").addObject().put("$ref", "#/channels/" + channel + "/messages/" + key);
        }
    }

    private List<ObjectNode> requests() {
        return Arrays.stream(
                        ClientRequest.class.getAnnotation(JsonSubTypes.class).value())
                .map(type -> {
                    ObjectNode message = JSON.objectNode().put("name", type.name());
                    ObjectNode payload = message.putObject("payload");
                    payload.withArray("allOf").add(schemas.reference(type.value()));
                    ObjectNode envelope = payload.withArray("allOf").addObject().put("type", "object");
                    envelope.putObject("properties").putObject("type").put("const", type.name());
                    envelope.withArray("required").add("type");
                    return message;
                })
                .toList();
    }

    private List<ObjectNode> events() {
        Stream<ObjectNode> events = Stream.concat(
                        Stream.of(RoomEvent.class.getPermittedSubclasses()),
                        Stream.of(DirectEvent.class.getPermittedSubclasses()))
                .map(type -> event(type.asSubclass(ClientEvent.class)));
        return Stream.concat(Stream.of(welcome(), dropped()), events)
                .sorted(Comparator.comparing(message -> message.path("name").asText()))
                .toList();
    }

    private ObjectNode welcome() {
        ObjectNode envelope = JSON.objectNode();
        envelope.set("replyTo", replyTo());
        return message(WelcomeMessage.NAME, envelope, schemas.reference(WelcomeMessage.class))
                .put("summary", "Reply to hello.");
    }

    private ObjectNode dropped() {
        ObjectNode envelope = JSON.objectNode();
        envelope.putObject("room").put("type", "string");
        ObjectNode data = schemas.object(DroppedMessage.class, component -> !component.equals("room"));
        return message(DroppedMessage.NAME, envelope, data).put("summary", DROPPED_SUMMARY);
    }

    private ObjectNode event(Class<? extends ClientEvent> type) {
        ClientEvent event = blankEvent(type);
        ObjectNode envelope = JSON.objectNode();
        ObjectNode room = envelope.putObject("room").put("type", "string");
        switch (event) {
            case RoomEvent roomEvent -> {
                room.put("pattern", "^" + requireNonNull(roomEvent.roomType()).label() + ":");
                if (roomEvent.delivery().isLogged()) {
                    envelope.set("offset", offset());
                }
            }
            case DirectEvent directEvent -> {
                if (directEvent.spec().membershipChange() == MembershipChange.JOINED) {
                    envelope.set("offset", offset());
                    envelope.putObject("recovered").put("type", "boolean");
                }
                envelope.set("replyTo", replyTo());
            }
        }
        ObjectNode message =
                message(event.name(), envelope, schemas.reference(type)).put("summary", summary(event));
        if (event instanceof RoomEvent) {
            message.withArray("/payload/required").add("room");
        }
        return message;
    }

    /** Describes a frame: the event's name, the envelope fields and the data. */
    private static ObjectNode message(String name, ObjectNode envelope, ObjectNode data) {
        ObjectNode message = JSON.objectNode().put("name", name);
        ObjectNode payload = message.putObject("payload").put("type", "object");
        ObjectNode properties = payload.putObject("properties");
        properties.putObject("event").put("const", name);
        properties.setAll(envelope);
        properties.set("data", data);
        payload.withArray("required").add("event").add("data");
        return message;
    }

    private static ObjectNode offset() {
        return JSON.objectNode().put("type", "string").put("pattern", "^[0-9]+-[0-9]+$");
    }

    private static ObjectNode replyTo() {
        return JSON.objectNode().put("type", "string").put("maxLength", 64);
    }

    static String summary(ClientEvent event) {
        if (event instanceof DirectEvent) {
            return "Sent to one connection only.";
        }
        String delivery = event.delivery().name().toLowerCase(Locale.ROOT);
        return switch (event.delivery()) {
            case CONFLATED -> "Delivery: " + delivery + "; a newer event replaces older ones.";
            case DROPPABLE -> "Delivery: " + delivery + "; the oldest may be dropped if a client reads too slowly.";
            case RELIABLE -> "Delivery: " + delivery + "; never dropped.";
        };
    }

    /** Creates an event with empty components, because its row in the catalogue depends on the type only. */
    static <T extends ClientEvent> T blankEvent(Class<T> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] values = Arrays.stream(types)
                .map(component -> Array.get(Array.newInstance(component, 1), 0)) // zero, false or null
                .toArray();
        try {
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
