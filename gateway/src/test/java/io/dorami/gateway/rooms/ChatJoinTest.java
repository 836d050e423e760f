package io.dorami.gateway.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.DirectEvent.RequestRejected;
import io.dorami.contracts.events.MembershipChange;
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
import io.vertx.mutiny.redis.client.Redis;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Joins of a chat room that chat-service forbids, or does not answer. The test replies in its place. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class ChatJoinTest {

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
    void forbiddenJoinIsNotPassedOnAgain() {
        try (JsonTestClient kim = connect()) {
            join(kim, null);
            forbid(awaitJoin(1));
            kim.await("error");
            for (int i = 0; i < 4; i++) {
                join(kim, null);
            }
            join(kim, "own");
            JsonNode reply = kim.await(frame -> frame.path("replyTo").asText().equals("own"), "the reply");
            assertThat(reply.at("/data/errorCode").asText()).isEqualTo("FORBIDDEN");
            assertThat(kim.framesOf("error"))
                    .as("joins without an id are dropped")
                    .hasSize(2);
            assertThat(joins()).as("passed on to chat-service").hasSize(1);

            await("the next attempt, when the ban may be over")
                    .atMost(Duration.ofSeconds(15))
                    .until(() -> {
                        join(kim, null);
                        return joins().size() == 2;
                    });
        }
    }

    @Test
    void everyUnansweredJoinIsRejected() {
        try (JsonTestClient kim = connect()) {
            join(kim, "first");
            join(kim, "second");
            awaitJoin(2);
            for (String id : List.of("first", "second")) {
                JsonNode reply =
                        kim.await(frame -> frame.path("replyTo").asText().equals(id), id);
                assertThat(reply.at("/data/errorCode").asText()).isEqualTo("BUSY");
            }
            join(kim, "third");
            awaitJoin(3);
            assertThat(kim.framesOf("error")).as("one reply to each").hasSize(2);
        }
    }

    /** Waits until chat-service has so many joins in its inbox, and returns the address for the reply to the last. */
    private ReplyTo awaitJoin(int count) {
        await().atMost(TIMEOUT).until(() -> joins().size() >= count);
        JsonNode to = Json.read(joins().getLast(), JsonNode.class).path("replyTo");
        return new ReplyTo(
                to.path("gateway").asText(),
                to.path("connection").asText(),
                to.path("requestId").asText(null));
    }

    private void forbid(ReplyTo to) {
        RequestRejected rejection =
                RequestRejected.of(ErrorCode.FORBIDDEN, "You are banned from this chat", Instant.now());
        bus.reply(new Reply(to, chat, MembershipChange.LEFT, null, List.of(), EventBus.toFrame(rejection)))
                .await()
                .atMost(TIMEOUT);
    }

    private List<String> joins() {
        return RedisSubscriber.inboxMessages(redis, ServiceName.CHAT, key).stream()
                .filter(message -> message.contains("JoinChat"))
                .toList();
    }

    private void join(JsonTestClient client, @Nullable String id) {
        client.sendText(
                "{\"type\":\"join\"," + (id == null ? "" : "\"id\":\"" + id + "\",") + "\"room\":\"" + chat + "\"}");
    }

    private JsonTestClient connect() {
        return JsonTestClient.connect(
                URI.create(address.toString().replaceFirst("^http", "ws")),
                TestSecrets.userToken(UUID.randomUUID().toString(), "Kim"));
    }
}
