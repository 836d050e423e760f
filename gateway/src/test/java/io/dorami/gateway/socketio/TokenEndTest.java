package io.dorami.gateway.socketio;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.events.RoomEvent.ChatDeleted;
import io.dorami.contracts.events.RoomEvent.OrderCreated;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.gateway.socketio.engine.RawEngineClient;
import io.dorami.gateway.socketio.engine.RawEngineClient.RawSocket;
import io.dorami.presence.Presence;
import io.dorami.service.messaging.EventBus;
import io.dorami.signing.AccessToken;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.RedisSubscriber;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A web client whose token ends while it is connected: it runs out, or it is revoked. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class TokenEndTest {

    private static final String PATH = "/socket.io/";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @TestHTTPResource("/")
    URI address;

    @Inject
    EventBus bus;

    @Inject
    Presence presence;

    @Inject
    Redis redis;

    private final String user = UUID.randomUUID().toString();
    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final RoomId chat = new RoomId(RoomType.CHAT, key);

    /** The reply to CONNECT, and the offset in the event after the reply. */
    private record Connected(String sid, String pid, String offset) {}

    @Test
    void expiredCookieClosesTransportAndClientResumes() {
        String lost = UUID.randomUUID().toString();
        Connected known = knownClient(user);
        // Only chat-service admits to a chat room, so the clients of this test resume into it.
        String start =
                chat + "@" + bus.openLog(RedisKeys.roomKeys(chat)).await().atMost(TIMEOUT);
        RawSocket before = withCookie(token(user, Duration.ofSeconds(4)));
        connect(before, "/chat", credentials(known.pid(), start));
        connect(before, "/streaming", "{}");
        before.send("42/streaming,[\"stream:viewer:join\",{\"streamKey\":\"" + key + "\"}]");
        next(before, "stream:viewer:join:success");
        RawSocket other = withCookie(token(lost, Duration.ofSeconds(4)));
        connect(other, "/chat", credentials(knownClient(lost).pid(), start));

        assertThat(before.closeCode()).isEqualTo(1012);
        assertThat(other.closeCode()).isEqualTo(1012);
        assertThat(viewerCount()).as("still counts as a viewer").isEqualTo(1);
        UUID missed = UUID.randomUUID();
        publish(chat, new ChatDeleted(missed, key, "admin", Instant.now()));
        RawSocket after = withCookie(token(user, Duration.ofMinutes(5)));
        assertThat(connect(after, "/chat", credentials(known.pid(), start)).sid())
                .as("the same user with another token")
                .isEqualTo(known.sid());
        assertThat(next(after, "chat:message-deleted").at("/data/messageId").asText())
                .isEqualTo(missed.toString());

        await("the leave of the client that does not come back")
                .atMost(15, SECONDS)
                .until(() -> leaves().stream().anyMatch(leave -> leave.contains(lost)));
        assertThat(leaves()).noneMatch(leave -> leave.contains(user));
        after.close();
    }

    /** Connects once and disconnects; the result has the recovery token of the user. */
    private Connected knownClient(String id) {
        RawSocket client = withCookie(token(id, Duration.ofMinutes(5)));
        Connected connected = connect(client, "/chat", "{}");
        client.close();
        return connected;
    }

    @Test
    void expiredConnectTokenClosesTransport() {
        RawSocket client = RawSocket.connect(address.getPort(), PATH);
        connect(client, "/", "{\"token\":\"" + token(user, Duration.ofSeconds(2)) + "\"}");
        connect(client, "/streaming", "{}");
        assertThat(client.closeCode()).isEqualTo(1012);
    }

    @Test
    void expiredTokenClosesPollingSession() {
        RawEngineClient client = RawEngineClient.openPolling(address.getPort(), PATH);
        client.post("40{\"token\":\"" + token(user, Duration.ofSeconds(2)) + "\"}")
                .join();
        String received = client.next();
        while (!received.endsWith("1")) {
            assertThat(received).startsWith("4");
            received = client.next();
        }
        assertThat(client.get().join().statusCode()).as("the session has ended").isEqualTo(400);
    }

    @Test
    void secondChatConnectWithOldCookieClosesTransport() {
        Connected known = knownClient(user);
        RawSocket client = withCookie(token(user, Duration.ofSeconds(-1)));
        assertThat(connect(client, "/", "{}").offset()).as("a guest's offset").doesNotContain("users:");
        client.send("40/chat," + credentials(known.pid(), known.offset()));
        assertThat(client.next())
                .as("keeps what it needs to resume")
                .startsWith("40/chat,")
                .contains("\"sid\":\"" + known.sid() + "\"", "\"pid\":\"" + known.pid() + "\"");
        assertThat(ReceivedEvent.of(client.next()).data().path("message").asText())
                .isEqualTo("jwt expired");
        assertThat(client.next()).isEqualTo("41/chat,");

        client.send("40/chat," + credentials(known.pid(), known.offset()));
        assertThat(client.closeCode()).isEqualTo(1012);
        RawSocket renewed = withCookie(token(user, Duration.ofMinutes(5)));
        assertThat(connect(renewed, "/chat", credentials(known.pid(), known.offset()))
                        .sid())
                .isEqualTo(known.sid());
        renewed.close();
    }

    @Test
    void suspendedAdminLosesChatAndOrdersInPlace() {
        String token = AccessToken.of(new User(user, "Kim", User.Role.ADMIN), Duration.ofMinutes(5))
                .sign(TestSecrets.JWT);
        RawSocket client = withCookie(token);
        assertThat(connect(client, "/", "{}").offset()).contains("admins:all@", "users:all@");
        connect(client, "/chat", "{}");
        redis.send(Request.cmd(Command.SET)
                        .arg(RedisKeys.suspended(user))
                        .arg("1")
                        .arg("EX")
                        .arg(60))
                .await()
                .atMost(TIMEOUT);
        assertThat(ReceivedEvent.of(client.next()).data().path("message").asText())
                .isEqualTo("account is suspended");
        assertThat(client.next()).isEqualTo("41/chat,");

        publish(RoomId.ADMINS, new OrderCreated("o1", "u1", List.of(), Instant.now()));
        client.send("42[\"join:stream\",{\"streamId\":\"" + key + "\"}]");
        ReceivedEvent received = ReceivedEvent.of(client.next());
        while (!received.name().equals("join:stream:success")) {
            assertThat(received.name()).isEqualTo("user:joined");
            received = ReceivedEvent.of(client.next());
        }
        assertThat(received.offset()).contains("platform:all@").doesNotContain("admins:", "users:");
        client.send("40/chat,");
        assertThat(client.closeCode())
                .as("the account may be allowed again, with a newer cookie")
                .isEqualTo(1012);
    }

    private RawSocket withCookie(String token) {
        return RawSocket.connect(address.getPort(), PATH, "Cookie", "accessToken=" + token);
    }

    private static Connected connect(RawSocket client, String namespace, String credentials) {
        String head = namespace.equals("/") ? "40" : "40" + namespace + ",";
        client.send(head + credentials);
        String reply = client.next();
        while (!reply.startsWith(head)) {
            reply = client.next();
        }
        JsonNode data = Json.read(reply.substring(head.length()), JsonNode.class);
        return new Connected(
                data.path("sid").asText(),
                data.path("pid").asText(),
                ReceivedEvent.of(client.next()).offset());
    }

    private static JsonNode next(RawSocket client, String name) {
        ReceivedEvent received = ReceivedEvent.of(client.next());
        while (!received.name().equals(name)) {
            received = ReceivedEvent.of(client.next());
        }
        return received.data();
    }

    private List<String> leaves() {
        return RedisSubscriber.inboxMessages(redis, ServiceName.CHAT, key).stream()
                .filter(message -> message.contains("LeaveChat"))
                .toList();
    }

    private long viewerCount() {
        return presence.counts(List.of(key)).await().atMost(TIMEOUT).getFirst();
    }

    private void publish(RoomId room, RoomEvent event) {
        bus.publish(RedisKeys.roomKeys(room), event).await().atMost(TIMEOUT);
    }

    private static String credentials(String pid, String offset) {
        return "{\"pid\":\"" + pid + "\",\"offset\":\"" + offset + "\"}";
    }

    private static String token(String user, Duration lifetime) {
        return AccessToken.of(new User(user, user, User.Role.USER), lifetime).sign(TestSecrets.JWT);
    }
}
