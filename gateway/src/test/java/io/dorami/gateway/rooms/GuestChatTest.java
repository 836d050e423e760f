package io.dorami.gateway.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.events.DirectEvent.ChatJoined;
import io.dorami.contracts.events.MembershipChange;
import io.dorami.contracts.events.RoomEvent.ChatDeleted;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.messaging.EventBus;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.JsonTestClient;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Guests who read a chat room. The test replies in the place of chat-service. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class GuestChatTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @TestHTTPResource("/ws")
    URI address;

    @Inject
    EventBus bus;

    @Inject
    Redis redis;

    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final RoomId chat = new RoomId(RoomType.CHAT, key);

    @Test
    void guestReadsAndRoomDoesNotLearnOfIt() {
        UUID message = UUID.randomUUID();
        try (JsonTestClient guest = connect(null)) {
            join(guest, null);
            admit(awaitCommand("ReadChat", 1));
            guest.await("chat:join-room:success");
            delete(message);
            assertThat(guest.await("chat:message-deleted").at("/data/messageId").asText())
                    .isEqualTo(message.toString());
            assertThat(guest.sendMessage(chat.toString(), "Hi", null)
                            .at("/data/errorCode")
                            .asText())
                    .isEqualTo("UNAUTHORIZED");

            guest.sendRequest(new ClientRequest.Leave("bye", chat));
            guest.await("chat:leave-room:success");
            join(guest, null);
            admit(awaitCommand("ReadChat", 2));
        }
        try (JsonTestClient member = connect(TestSecrets.userToken("kim", "Kim"))) {
            join(member, null);
            awaitCommand("JoinChat", 1); // sent after what the guest's close would have sent
        }
        await().until(() -> !commands("LeaveChat").isEmpty());
        assertThat(commands("LeaveChat")).allMatch(leave -> leave.contains("kim"));
    }

    @Test
    void guestResumesFromOffset() {
        delete(UUID.randomUUID());
        String offset = RedisSubscriber.loggedEvents(redis, chat).getLast().position();
        UUID missed = UUID.randomUUID();
        delete(missed);
        try (JsonTestClient guest = connect(null)) {
            join(guest, offset);
            assertThat(guest.await("chat:message-deleted").at("/data/messageId").asText())
                    .isEqualTo(missed.toString());
            assertThat(guest.await("chat:join-room:success").path("recovered").asBoolean())
                    .isTrue();
            assertThat(commands("ReadChat")).as("chat-service is not asked").isEmpty();
        }
    }

    @Test
    void signedOutMemberLeavesAndMayRead() {
        String user = UUID.randomUUID().toString();
        try (JsonTestClient kim = connect(TestSecrets.userToken(user, "Kim"))) {
            join(kim, null);
            admit(awaitCommand("JoinChat", 1));
            kim.await("chat:join-room:success");
            redis.sendAndAwait(Request.cmd(Command.SET)
                    .arg(RedisKeys.suspended(user))
                    .arg("1")
                    .arg("EX")
                    .arg(60));
            assertThat(kim.await("error").at("/data/errorCode").asText()).isEqualTo("UNAUTHORIZED");
            await().until(() -> commands("LeaveChat").size() == 1);

            join(kim, null);
            admit(awaitCommand("ReadChat", 1));
            await().until(() -> kim.framesOf("chat:join-room:success").size() == 2);
        }
    }

    private void join(JsonTestClient client, @Nullable String since) {
        client.sendRequest(new ClientRequest.Join(null, chat, since));
    }

    private void delete(UUID message) {
        bus.publish(RedisKeys.roomKeys(chat), new ChatDeleted(message, key, "admin", Instant.now()))
                .await()
                .atMost(TIMEOUT);
    }

    private ReplyTo awaitCommand(String type, int count) {
        await().atMost(TIMEOUT).until(() -> commands(type).size() >= count);
        JsonNode to = Json.read(commands(type).getLast(), JsonNode.class).path("replyTo");
        return new ReplyTo(to.path("gateway").asText(), to.path("connection").asText(), null);
    }

    private void admit(ReplyTo to) {
        bus.reply(new Reply(
                        to,
                        chat,
                        MembershipChange.JOINED,
                        null,
                        List.of(),
                        EventBus.toFrame(new ChatJoined("live:" + key, Instant.now()))))
                .await()
                .atMost(TIMEOUT);
    }

    private List<String> commands(String type) {
        return RedisSubscriber.inboxMessages(redis, ServiceName.CHAT, key).stream()
                .filter(message -> message.contains(type))
                .toList();
    }

    private JsonTestClient connect(@Nullable String token) {
        return JsonTestClient.connect(URI.create(address.toString().replaceFirst("^http", "ws")), token);
    }
}
