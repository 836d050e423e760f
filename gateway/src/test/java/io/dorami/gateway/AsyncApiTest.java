package io.dorami.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dorami.contracts.Json;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.events.ClientEvent;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.gateway.hub.DroppedMessage;
import io.dorami.gateway.hub.FrameEncoder;
import io.dorami.gateway.json.JsonFrameEncoder;
import io.dorami.gateway.json.WelcomeMessage;
import io.dorami.gateway.socketio.SocketIoFrameEncoder;
import io.dorami.gateway.transport.Frame;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Generates {@code asyncapi.yaml} from the contract's records. A local build updates the file; a build that only checks
 * formatting, such as CI, fails on a difference.
 */
class AsyncApiTest {

    private static final Path FILE = Path.of("asyncapi.yaml");
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

    @Test
    void documentMatchesRecords() throws IOException {
        String generated = YAML.writeValueAsString(document());
        if (!"check".equals(System.getProperty("spotless.goal"))) {
            Files.writeString(FILE, generated);
        }
        assertThat(Files.readString(FILE)).isEqualTo(generated);
    }

    /** The gateway's own messages are not part of the contract, so their schemas are checked against encoded frames. */
    @Test
    void gatewayMessagesMatchDocument() {
        ObjectNode document = document();
        EventFrame welcome = new WelcomeMessage(ClientRequest.PROTOCOL_VERSION, "k3v9", "u1", true).frame();
        assertMatchesDocument(
                JsonFrameEncoder.INSTANCE.encodeDirect(FrameEncoder.DirectMessage.of(null, welcome, "1")),
                document,
                "live");
        assertMatchesDocument(JsonFrameEncoder.INSTANCE.encodeDropped(RoomId.parse("chat:k"), 3), document, "live");
        for (RoomType roomType : List.of(RoomType.CHAT, RoomType.STREAM, RoomType.SHOP)) {
            SocketIoFrameEncoder encoder = SocketIoFrameEncoder.of(roomType);
            Frame dropped = encoder.encodeDropped(RoomId.parse(roomType.label() + ":k"), 3);
            assertMatchesDocument(dropped, document, SocketIoAsyncApi.channelName(encoder.namespace()));
        }
    }

    private static void assertMatchesDocument(Frame frame, ObjectNode document, String channel) {
        String text = frame.payload();
        JsonNode sent = Json.read(text.substring(text.indexOf(text.startsWith("{") ? '{' : '[')), JsonNode.class);
        boolean isPacket = sent.isArray();
        String name = (isPacket ? sent.path(0) : sent.path("event")).asText();
        JsonNode payload = document.at("/channels/" + channel + "/messages/" + name + "/payload");
        assertMatchesSchema(isPacket ? sent.path(1) : sent, isPacket ? payload.at("/items/0") : payload, document);
    }

    /** Asserts on every level that required fields are present and that no field is missing in the schema. */
    private static void assertMatchesSchema(JsonNode value, JsonNode schemaOrReference, ObjectNode document) {
        JsonNode schema = schemaOrReference.has("$ref")
                ? document.at(schemaOrReference.path("$ref").asText().substring(1))
                : schemaOrReference;
        List<String> fields = fields(value);
        assertThat(fields(schema.path("properties")))
                .as("%s in %s", value, schema)
                .containsAll(fields);
        schema.path("required").forEach(field -> assertThat(fields).contains(field.asText()));
        value.properties()
                .forEach(field -> assertMatchesSchema(
                        field.getValue(), schema.path("properties").path(field.getKey()), document));
    }

    private static List<String> fields(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }

    private ObjectNode document() {
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
        channel.put("address", "/ws").put("description", "One JSON object per frame; at most 16 KB from the client.");
        channel.withArray("servers").addObject().put("$ref", "#/servers/local");
        channel.putObject("messages");
        document.putObject("operations");
        operation(document, "live", "request", "receive", "Receive a client's request", requests());
        operation(document, "live", "event", "send", "Send an event to a client", events());
        new SocketIoAsyncApi(schemas).describe(document);
        ObjectNode components = document.putObject("components");
        schemas.definitions()
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
                    payload.withArray("allOf").add(schemas.of(type.value()));
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
        return message(WelcomeMessage.NAME, envelope, schemas.of(WelcomeMessage.class))
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
                room.put("pattern", "^" + roomEvent.roomType().label() + ":");
                if (roomEvent.delivery().isLogged()) {
                    envelope.set("offset", offset());
                }
            }
            case DirectEvent directEvent -> {
                if (isJoinReply(directEvent)) {
                    envelope.set("offset", offset());
                    envelope.putObject("recovered").put("type", "boolean");
                }
                envelope.set("replyTo", replyTo());
            }
        }
        return message(event.name(), envelope, schemas.of(type)).put("summary", summary(event));
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

    private static boolean isJoinReply(DirectEvent event) {
        return switch (event) {
            case DirectEvent.ChatJoined e -> true;
            case DirectEvent.ViewerJoined e -> true;
            case DirectEvent.ShopJoined e -> true;
            case DirectEvent.ChatHistory e -> false;
            case DirectEvent.ChatLeft e -> false;
            case DirectEvent.ChatSent e -> false;
            case DirectEvent.ChatDeleteConfirmed e -> false;
            case DirectEvent.ViewerLeft e -> false;
            case DirectEvent.ShopLeft e -> false;
            case DirectEvent.RequestRejected e -> false;
        };
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

    /** Creates an event with empty components, because name and delivery class depend on the type only. */
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
