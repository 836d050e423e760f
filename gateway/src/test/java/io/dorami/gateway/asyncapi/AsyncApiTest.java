package io.dorami.gateway.asyncapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.gateway.hub.FrameEncoder;
import io.dorami.gateway.json.JsonFrameEncoder;
import io.dorami.gateway.json.WelcomeMessage;
import io.dorami.gateway.socketio.SocketIoFrameEncoder;
import io.dorami.gateway.transport.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Compares {@code asyncapi.yaml} with the contract's records and with frames that the gateway encodes. */
class AsyncApiTest {

    private static final Path FILE = Path.of("asyncapi.yaml");

    @Test
    void documentMatchesRecords() throws IOException {
        assertThat(Files.readString(FILE))
                .as("asyncapi.yaml is outdated; write it with: mvn -Dasyncapi -pl gateway -am process-test-classes")
                .isEqualTo(new AsyncApiDocument().toYaml());
    }

    /** The gateway's own messages are not part of the contract, so their schemas are checked against encoded frames. */
    @Test
    void gatewayMessagesMatchDocument() {
        ObjectNode document = new AsyncApiDocument().toJson();
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
}
