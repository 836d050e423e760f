package io.dorami.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand.LeaveChat;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.RoomEvent.StreamEnded;
import io.dorami.contracts.events.RoomEvent.ViewerCountChanged;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.testing.RedisSubscriber;
import io.dorami.testing.TestRedis;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Redis;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventBusTest {

    private final Redis redis = TestRedis.client();
    private final EventBus bus = TestEventBus.create(redis, Map.of("dorami.inbox-limit", "3"));
    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final RoomId room = RoomId.parse("stream:" + key);

    @Test
    void anEventIsLoggedAndToldWithItsPosition() {
        try (RedisSubscriber ear = RedisSubscriber.of(redis, room)) {
            bus.publish(RedisKeys.roomEvents(room), new StreamEnded(key))
                    .await()
                    .indefinitely();
            await().until(() -> ear.events().size() == 1);
            assertThat(RedisSubscriber.log(redis, room)).isEqualTo(ear.events());
        }
    }

    @Test
    void aRepeatIsToldOnceAndHasTheFirstOnesPosition() {
        try (RedisSubscriber ear = RedisSubscriber.of(redis, room)) {
            String first = publishOnce("a");
            assertThat(publishOnce("a")).isEqualTo(first);
            assertThat(publishOnce("b")).isNotEqualTo(first);
            await().until(() -> ear.events().size() == 2);
            assertThat(RedisSubscriber.logged(redis, room)).hasSize(2);
        }
    }

    @Test
    void aCountIsToldAndNotLogged() {
        try (RedisSubscriber ear = RedisSubscriber.of(redis, room)) {
            bus.publish(RedisKeys.roomEvents(room), new ViewerCountChanged(key, 7, Instant.EPOCH))
                    .await()
                    .indefinitely();
            await().until(() -> ear.events().size() == 1);
            assertThat(ear.events().getFirst().position()).isNull();
            assertThat(RedisSubscriber.logged(redis, room)).isEmpty();
        }
    }

    @Test
    void anEventIsRefusedInARoomOfAnotherKind() {
        assertThatThrownBy(() -> bus.publish(RedisKeys.roomEvents(RoomId.parse("chat:" + key)), new StreamEnded(key)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFullInboxRefusesCommandsAndKeepsLifecycleEvents() {
        TestRedis.flush(redis);
        LeaveChat command =
                new LeaveChat(key, new User("u1", "Kim", User.Role.USER), new ReplyTo("boot", "c", null), false);
        for (int i = 0; i < 3; i++) {
            bus.send(ServiceName.PRODUCT, command).await().indefinitely();
        }
        assertThatThrownBy(() -> bus.send(ServiceName.PRODUCT, command).await().indefinitely())
                .isInstanceOfSatisfying(
                        DoramiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY));
        bus.tell(new StreamLifecycle.StreamRegistered(key, "u1", Instant.EPOCH))
                .await()
                .indefinitely();
        assertThat(TestRedis.length(redis, RedisKeys.inbox(ServiceName.PRODUCT, key.partition())))
                .isEqualTo(4);
    }

    @Test
    void aBurstOnAColdBusKeepsItsOrder() {
        TestRedis.flush(redis);
        Redis cold = TestRedis.client();
        EventBus burst = TestEventBus.create(cold, Map.of());
        List<String> sent = IntStream.range(0, 300).mapToObj(i -> "user-" + i).toList();
        List<Uni<Void>> answers = sent.stream()
                .map(id -> burst.send(
                                ServiceName.CHAT,
                                new LeaveChat(
                                        key,
                                        new User(id, "Kim", User.Role.USER),
                                        new ReplyTo("boot", "c", null),
                                        false))
                        .subscribe()
                        .asCompletionStage())
                .map(answer -> Uni.createFrom().completionStage(answer))
                .toList();
        Uni.join().all(answers).andFailFast().await().indefinitely();
        assertThat(TestRedis.entries(redis, RedisKeys.inbox(ServiceName.CHAT, key.partition())).stream()
                        .map(json -> ((LeaveChat) Json.read(json, InboxMessage.class))
                                .user()
                                .id()))
                .isEqualTo(sent);
        cold.close();
    }

    private String publishOnce(String dedupe) {
        return bus.publishOnce(RedisKeys.roomEvents(room), new StreamEnded(key), dedupe)
                .await()
                .indefinitely();
    }
}
