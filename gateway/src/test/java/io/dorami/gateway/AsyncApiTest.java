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
 * {@code asyncapi.yaml} is written from the contract's records. A difference is mended in place; where formatting is only
 * checked, as in CI, it fails.
 */
class AsyncApiTest {

    private static final Path FILE = Path.of("asyncapi.yaml");
    static final String DROPPED = "You read too slowly for so many events of a room.";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    private final JsonSchemas schemas = new JsonSchemas();

    @Test
    void theDescriptionIsThatOfTheRecords() throws IOException {
        String described = YAML.writeValueAsString(document());
        if (!"check".equals(System.getProperty("spotless.goal"))) {
            Files.writeString(FILE, described);
        }
        assertThat(Files.readString(FILE)).isEqualTo(described);
    }

    /** The gateway's own words are in no record of the contract, so they are held against what is really sent. */
    @Test
    void whatTheGatewayItselfSaysIsAsDescribed() {
        ObjectNode document = document();
        EventFrame welcome = new WelcomeMessage(ClientRequest.VERSION, "k3v9", "u1", true).frame();
        assertIsAsDescribed(
                JsonFrameEncoder.INSTANCE.answer(FrameEncoder.DirectMessage.of(null, welcome, "1")), document, "live");
        assertIsAsDescribed(JsonFrameEncoder.INSTANCE.dropped(RoomId.parse("chat:k"), 3), document, "live");
        for (RoomType channel : List.of(RoomType.CHAT, RoomType.STREAM, RoomType.SHOP)) {
            SocketIoFrameEncoder format = SocketIoFrameEncoder.of(channel);
            Frame dropped = format.dropped(RoomId.parse(channel.label() + ":k"), 3);
            assertIsAsDescribed(dropped, document, SocketIoAsyncApi.name(format.namespace()));
        }
    }

    private static void assertIsAsDescribed(Frame frame, ObjectNode document, String channel) {
        String text = frame.payload();
        JsonNode sent = Json.read(text.substring(text.indexOf(text.startsWith("{") ? '{' : '[')), JsonNode.class);
        boolean packet = sent.isArray();
        String name = (packet ? sent.path(0) : sent.path("event")).asText();
        JsonNode payload = document.at("/channels/" + channel + "/messages/" + name + "/payload");
        assertFits(packet ? sent.path(1) : sent, packet ? payload.at("/items/0") : payload, document);
    }

    /** Has everything that it must, and nothing that is not described, on every level. */
    private static void assertFits(JsonNode value, JsonNode described, ObjectNode document) {
        JsonNode schema = described.has("$ref")
                ? document.at(described.path("$ref").asText().substring(1))
                : described;
        List<String> fields = fields(value);
        assertThat(fields(schema.path("properties")))
                .as("%s in %s", value, schema)
                .containsAll(fields);
        schema.path("required").forEach(field -> assertThat(fields).contains(field.asText()));
        value.properties()
                .forEach(field ->
                        assertFits(field.getValue(), schema.path("properties").path(field.getKey()), document));
    }

    private static List<String> fields(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }

    private ObjectNode document() {
        ObjectNode document = JSON.objectNode().put("asyncapi", "3.0.0");
        document.putObject("info")
                .put("title", "Dorami gateway")
                .put("version", String.valueOf(ClientRequest.VERSION))
                .put(
                        "description",
                        "The JSON protocol, and Socket.IO for the web client. Generated from the records of"
                                + " infrastructure/contracts; the README beside this file explains it. Ignore events and"
                                + " fields that you do not know.");
        document.putObject("servers")
                .putObject("local")
                .put("host", "localhost:8080")
                .put("protocol", "ws");
        ObjectNode channel = document.putObject("channels").putObject("live");
        channel.put("address", "/ws").put("description", "One JSON object a frame, at most 16 KB from the client.");
        channel.withArray("servers").addObject().put("$ref", "#/servers/local");
        channel.putObject("messages");
        document.putObject("operations");
        operation(document, "live", "request", "receive", "What a client asks", requests());
        operation(document, "live", "tell", "send", "What a client is told", events());
        new SocketIoAsyncApi(schemas).describe(document);
        ObjectNode components = document.putObject("components");
        schemas.named()
                .forEach((name, schema) -> components.withObject("/schemas").set(name, schema));
        return document;
    }

    /** What is done on a channel, with the messages that it is done with. */
    static void operation(
            ObjectNode document,
            String channel,
            String name,
            String action,
            String summary,
            List<ObjectNode> described) {
        ObjectNode operation = document.withObject("/operations")
                .putObject(name)
                .put("action", action)
                .put("summary", summary);
        operation.putObject("channel").put("$ref", "#/channels/" + channel);
        for (ObjectNode message : described) {
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
                .put("summary", "The answer to hello.");
    }

    private ObjectNode dropped() {
        ObjectNode envelope = JSON.objectNode();
        envelope.putObject("room").put("type", "string");
        ObjectNode data = schemas.object(DroppedMessage.class, component -> !component.equals("room"));
        return message(DroppedMessage.NAME, envelope, data).put("summary", DROPPED);
    }

    private ObjectNode event(Class<? extends ClientEvent> type) {
        ClientEvent event = blank(type);
        ObjectNode envelope = JSON.objectNode();
        ObjectNode room = envelope.putObject("room").put("type", "string");
        switch (event) {
            case RoomEvent said -> {
                room.put("pattern", "^" + said.channel().label() + ":");
                if (said.delivery().logged()) {
                    envelope.set("offset", offset());
                }
            }
            case DirectEvent self -> {
                if (answersJoin(self)) {
                    envelope.set("offset", offset());
                    envelope.putObject("recovered").put("type", "boolean");
                }
                envelope.set("replyTo", replyTo());
            }
        }
        return message(event.name(), envelope, schemas.of(type)).put("summary", summary(event));
    }

    /** A frame: the event's name, what stands beside its data, and that. */
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

    private static boolean answersJoin(DirectEvent event) {
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
            return "An answer to this connection alone.";
        }
        String delivery = event.delivery().name().toLowerCase(Locale.ROOT);
        return switch (event.delivery()) {
            case CONFLATED -> "Delivery: " + delivery + ", only the newest matters.";
            case DROPPABLE -> "Delivery: " + delivery + ", the oldest may be dropped where a client reads slowly.";
            case RELIABLE -> "Delivery: " + delivery + ", never dropped.";
        };
    }

    /** Names and classes hang on the type alone, so any value tells them. */
    static <T extends ClientEvent> T blank(Class<T> type) {
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
