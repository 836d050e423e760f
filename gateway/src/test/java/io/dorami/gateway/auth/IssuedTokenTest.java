package io.dorami.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.User;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.KeyServer;
import io.dorami.testing.KeyServerResource;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.UUID;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens of an issuer that publishes its keys, on both kinds of sockets. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@QuarkusTestResource(value = KeyServerResource.class, restrictToAnnotatedClass = true)
class IssuedTokenTest {

    private static final PublicJsonWebKey KNOWN = KeyServer.newRsaKey("known");

    @TestHTTPResource("/ws")
    URI http;

    @Inject
    Redis redis;

    @SuppressWarnings("NullAway.Init") // the test resource sets it
    KeyServer keys;

    private final User kim = new User(UUID.randomUUID().toString(), "Kim", User.Role.USER);

    @BeforeEach
    void publishKnownKey() {
        keys.setUnresponsive(false);
        keys.publish(KNOWN);
    }

    @Test
    void newKeyIsAcceptedOnOpenGateway() {
        PublicJsonWebKey next = KeyServer.newEcKey("next");
        try (JsonTestClient first = JsonTestClient.connect(socket(), KeyServerResource.token(kim, KNOWN))) {
            assertThat(first.await("welcome").at("/data/authenticated").asBoolean())
                    .isTrue();
            keys.publish(KNOWN, next);
            first.sendRequest(new ClientRequest.Hello(
                    "renewal", ClientRequest.PROTOCOL_VERSION, KeyServerResource.token(kim, next)));
            assertThat(first.await(frame -> frame.path("replyTo").asText().equals("renewal"), "the renewal")
                            .at("/data/authenticated")
                            .asBoolean())
                    .isTrue();
        }
    }

    @Test
    void issuedTokenIsRevokedAsAnyOther() {
        try (JsonTestClient client = JsonTestClient.connect(socket(), KeyServerResource.token(kim, KNOWN))) {
            redis.send(Request.cmd(Command.SET)
                            .arg(RedisKeys.suspended(kim.id()))
                            .arg("1")
                            .arg("EX")
                            .arg(60))
                    .await()
                    .indefinitely();
            assertThat(client.await("error").at("/data/message").asText()).isEqualTo("account is suspended");
        }
    }

    @Test
    void keysThatCannotBeFetched_delayOnlyTheirTokens() {
        JsonTestClient.connect(socket(), KeyServerResource.token(kim, KNOWN)).close();
        keys.setUnresponsive(true);
        PublicJsonWebKey unknown = KeyServer.newRsaKey("unknown");
        try (JsonTestClient waiting = JsonTestClient.connect(socket())) {
            waiting.sendRequest(new ClientRequest.Hello(
                    null, ClientRequest.PROTOCOL_VERSION, KeyServerResource.token(kim, unknown)));
            for (String token :
                    new String[] {KeyServerResource.token(kim, KNOWN), TestSecrets.userToken("lee", "Lee")}) {
                try (JsonTestClient other = JsonTestClient.connect(socket(), token)) {
                    assertThat(other.await("welcome").at("/data/authenticated").asBoolean())
                            .isTrue();
                }
            }
            assertThat(waiting.await("error").at("/data/errorCode").asText()).isEqualTo("BUSY");
            assertThat(waiting.closeCode()).as("try again later").isEqualTo(1013);
        }
    }

    @Test
    void chatOfSocketIoAcceptsIssuedToken() throws Exception {
        String accepted = connectToChat(KeyServerResource.token(kim, KNOWN));
        assertThat(accepted).contains("connection:success").contains("\"authenticated\":true");

        String rejected = connectToChat(KeyServerResource.token(kim, KeyServer.newRsaKey("unknown")));
        assertThat(rejected).contains("UNAUTHORIZED").contains("invalid token");

        keys.setUnresponsive(true);
        String unverified = connectToChat(KeyServerResource.token(kim, KeyServer.newRsaKey("unknown")));
        assertThat(unverified).contains("BUSY").contains("authentication failed");
    }

    /** Connects to the namespace by polling, and returns the packets up to the success or the error. */
    private String connectToChat(String token) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        String base = "http://127.0.0.1:" + http.getPort() + "/socket.io/?EIO=4&transport=polling";
        String open = get(client, base);
        String session = base + "&sid=" + open.replaceAll(".*\"sid\":\"([^\"]+)\".*", "$1");
        client.send(
                HttpRequest.newBuilder(URI.create(session))
                        .POST(BodyPublishers.ofString("40/chat,{\"token\":\"" + token + "\"}"))
                        .build(),
                BodyHandlers.discarding());
        StringBuilder packets = new StringBuilder();
        await().pollInSameThread().until(() -> {
            packets.append(get(client, session));
            return packets.indexOf("connection:success") >= 0 || packets.indexOf("errorCode") >= 0;
        });
        return packets.toString();
    }

    private static String get(HttpClient client, String address) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString())
                .body();
    }

    private URI socket() {
        return URI.create(http.toString().replaceFirst("^http", "ws"));
    }
}
