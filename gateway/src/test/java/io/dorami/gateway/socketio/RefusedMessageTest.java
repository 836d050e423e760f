package io.dorami.gateway.socketio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.gateway.socketio.engine.RawEngineClient.RawSocket;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chat messages that the gateway refuses, in both protocols: the error names the message. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class RefusedMessageTest {

    private static final String PATH = "/socket.io/";

    /** The rate limit of messages of one user in 10 s. */
    private static final int MAX_MESSAGES = 20;

    @TestHTTPResource("/")
    URI address;

    @Test
    void burstOfMessages_eachErrorNamesItsMessage_onSocketIo() {
        RawSocket client = connectToChat();
        IntStream.range(0, 30).forEach(i -> client.send(send("\"message\":\"hi\"", "m-" + i)));
        List<JsonNode> errors =
                Stream.generate(() -> nextError(client)).limit(30).toList();
        assertRefusedOneByOne(errors);
        client.close();
    }

    @Test
    void burstOfMessages_eachErrorNamesItsMessage_onJson() {
        try (JsonTestClient client = connectJson()) {
            IntStream.range(0, 30)
                    .forEach(i -> client.sendText("{\"type\":\"send\",\"room\":\"chat:KEYA\",\"message\":\"hi\","
                            + "\"clientMessageId\":\"m-" + i + "\"}"));
            await().until(() -> client.framesOf("error").size() == 30);
            assertRefusedOneByOne(client.framesOf("error").stream()
                    .map(frame -> frame.path("data"))
                    .toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"x\":0", "\"F\":5", "\"F\":true", "\"F\":null", "\"F\":[\"hi\"]", "\"F\":{\"a\":\"hi\"}"})
    void valueThatIsNotText_isInvalidMessage(String field) {
        RawSocket client = connectToChat();
        JsonNode error = nextError(client.send(send(field.replace("F", "message"), "m-1")));
        assertThat(error.path("errorCode").asText()).isEqualTo("INVALID_MESSAGE");
        assertThat(error.path("clientMessageId").asText()).isEqualTo("m-1");
        String delete =
                "42/chat,[\"chat:delete-message\",{\"liveId\":\"KEYA\"," + field.replace("F", "messageId") + "}]";
        assertThat(nextError(client.send(delete)).path("errorCode").asText()).isEqualTo("INVALID_MESSAGE_ID");
        client.close();

        try (JsonTestClient json = connectJson()) {
            json.sendText("{\"type\":\"send\",\"id\":\"7\",\"room\":\"chat:KEYA\",\"clientMessageId\":\"m-1\","
                    + field.replace("F", "message") + "}");
            JsonNode frame = json.await("error");
            assertThat(frame.path("replyTo").asText()).isEqualTo("7");
            assertThat(frame.at("/data/errorCode").asText()).isEqualTo("INVALID_MESSAGE");
            assertThat(frame.at("/data/clientMessageId").asText()).isEqualTo("m-1");
        }
    }

    @Test
    void overlongIdIsNotRepeated() {
        RawSocket client = connectToChat();
        JsonNode error = nextError(client.send(send("\"message\":\"hi\"", "x".repeat(65))));
        assertThat(error.path("errorCode").asText()).isEqualTo("VALIDATION_ERROR");
        assertThat(error.has("clientMessageId")).isFalse();
        client.close();
    }

    private static void assertRefusedOneByOne(List<JsonNode> errors) {
        assertThat(errors)
                .extracting(error -> error.path("clientMessageId").asText())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 30).mapToObj(i -> "m-" + i).toList());
        assertThat(errors)
                .filteredOn(error -> error.path("errorCode").asText().equals("RATE_LIMIT_EXCEEDED"))
                .hasSize(30 - MAX_MESSAGES);
        assertThat(errors)
                .filteredOn(error -> error.path("errorCode").asText().equals("NOT_A_MEMBER"))
                .hasSize(MAX_MESSAGES);
    }

    private static String send(String messageField, String clientMessageId) {
        return "42/chat,[\"chat:send-message\",{\"liveId\":\"KEYA\"," + messageField + ",\"clientMessageId\":\""
                + clientMessageId + "\"}]";
    }

    private static JsonNode nextError(RawSocket client) {
        ReceivedEvent event = ReceivedEvent.of(client.next());
        assertThat(event.name()).isEqualTo("error");
        return event.data();
    }

    private RawSocket connectToChat() {
        RawSocket client = RawSocket.connect(address.getPort(), PATH);
        client.send("40/chat,{\"token\":\"" + token() + "\"}");
        assertThat(client.next()).startsWith("40/chat,");
        assertThat(ReceivedEvent.of(client.next()).name()).isEqualTo("connection:success");
        return client;
    }

    private JsonTestClient connectJson() {
        return JsonTestClient.connect(URI.create("ws://localhost:" + address.getPort() + "/ws"), token());
    }

    /** A user of its own, because the limits are those of a user. */
    private static String token() {
        return TestSecrets.userToken(UUID.randomUUID().toString(), "Kim");
    }
}
