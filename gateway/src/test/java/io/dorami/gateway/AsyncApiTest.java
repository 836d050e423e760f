package io.dorami.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dorami.contracts.ClientEvent;
import io.dorami.contracts.ClientRequest;
import io.dorami.contracts.RoomEvent;
import io.dorami.contracts.SelfEvent;
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
import org.junit.jupiter.api.Test;

/**
 * {@code asyncapi.yaml} is written from the contract's records. A difference is mended in place; where formatting is only
 * checked, as in CI, it fails.
 */
class AsyncApiTest {

    private static final Path FILE = Path.of("asyncapi.yaml");
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    private final Schemas schemas = new Schemas();

    @Test
    void theDescriptionIsThatOfTheRecords() throws IOException {
        String described = YAML.writeValueAsString(document());
        if (!"check".equals(System.getProperty("spotless.goal"))) {
            Files.writeString(FILE, described);
        }
        assertThat(Files.readString(FILE)).isEqualTo(described);
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
        new SocketIoChannels(schemas).describe(document);
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
        return Stream.concat(
                        Stream.of(RoomEvent.class.getPermittedSubclasses()),
                        Stream.of(SelfEvent.class.getPermittedSubclasses()))
                .map(type -> event(type.asSubclass(ClientEvent.class)))
                .sorted(Comparator.comparing(message -> message.path("name").asText()))
                .toList();
    }

    private ObjectNode event(Class<? extends ClientEvent> type) {
        ClientEvent event = blank(type);
        ObjectNode message = JSON.objectNode().put("name", event.name());
        ObjectNode payload = message.putObject("payload").put("type", "object");
        ObjectNode properties = payload.putObject("properties");
        properties.putObject("event").put("const", event.name());
        switch (event) {
            case RoomEvent room -> {
                message.put("summary", summary(room));
                properties
                        .putObject("room")
                        .put("type", "string")
                        .put("pattern", "^" + room.channel().label() + ":");
                if (event.delivery().logged()) {
                    properties.putObject("offset").put("type", "string").put("pattern", "^[0-9]+-[0-9]+$");
                }
            }
            case SelfEvent self -> {
                message.put("summary", summary(self));
                properties.putObject("room").put("type", "string");
                properties.putObject("replyTo").put("type", "string").put("maxLength", 64);
            }
        }
        properties.set("data", schemas.of(type));
        payload.withArray("required").add("event").add("data");
        return message;
    }

    static String summary(ClientEvent event) {
        if (event instanceof SelfEvent) {
            return "An answer to this connection alone.";
        }
        String delivery = event.delivery().name().toLowerCase(Locale.ROOT);
        return switch (event.delivery()) {
            case LATEST -> "Delivery: " + delivery + ", only the newest matters.";
            case LOSSY -> "Delivery: " + delivery + ", the oldest may be dropped where a client reads slowly.";
            case SURE -> "Delivery: " + delivery + ", never dropped.";
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
