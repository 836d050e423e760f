package io.dorami.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand.LeaveChat;
import io.dorami.contracts.commands.InboxAddress;
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
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
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
    void event_isLoggedAndPublishedWithPosition() {
        try (RedisSubscriber subscriber = RedisSubscriber.toRoom(redis, room)) {
            bus.publish(RedisKeys.roomKeys(room), new StreamEnded(key)).await().indefinitely();
            await().until(() -> subscriber.events().size() == 1);
            assertThat(RedisSubscriber.loggedEvents(redis, room)).isEqualTo(subscriber.events());
        }
    }

    @Test
    void repeatedEvent_isPublishedOnceWithFirstPosition() {
        try (RedisSubscriber subscriber = RedisSubscriber.toRoom(redis, room)) {
            String first = publishOnce("a");
            assertThat(publishOnce("a")).isEqualTo(first);
            assertThat(publishOnce("b")).isNotEqualTo(first);
            await().until(() -> subscriber.events().size() == 2);
            assertThat(RedisSubscriber.loggedEventNames(redis, room)).hasSize(2);
        }
    }

    @Test
    void count_isPublishedButNotLogged() {
        try (RedisSubscriber subscriber = RedisSubscriber.toRoom(redis, room)) {
            bus.publish(RedisKeys.roomKeys(room), new ViewerCountChanged(key, 7, Instant.EPOCH))
                    .await()
                    .indefinitely();
            await().until(() -> subscriber.events().size() == 1);
            assertThat(subscriber.events().getFirst().position()).isNull();
            assertThat(RedisSubscriber.loggedEventNames(redis, room)).isEmpty();
        }
    }

    @Test
    void unusedLog_expiresUnlessItsRoomIsPlatformWide() {
        TestRedis.flush(redis);
        assertThat(secondsToLiveAfterOpening(room)).isBetween(3_590L, 3_600L);
        assertThat(secondsToLiveAfterOpening(RoomId.USERS)).as("no expiry").isEqualTo(-1);
    }

    private long secondsToLiveAfterOpening(RoomId opened) {
        bus.openLog(RedisKeys.roomKeys(opened)).await().indefinitely();
        return redis.send(
                        Request.cmd(Command.TTL).arg(RedisKeys.roomKeys(opened).log()))
                .await()
                .indefinitely()
                .toLong();
    }

    @Test
    void event_inRoomOfOtherType_isRejected() {
        assertThatThrownBy(() -> bus.publish(RedisKeys.roomKeys(RoomId.parse("chat:" + key)), new StreamEnded(key)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void fullInbox_rejectsCommandsAndAcceptsLifecycleEvents() {
        TestRedis.flush(redis);
        LeaveChat command =
                new LeaveChat(key, new User("u1", "Kim", User.Role.USER), new ReplyTo("gateway-1", "c", null), false);
        for (int i = 0; i < 3; i++) {
            bus.send(InboxAddress.CHAT, command).await().indefinitely();
        }
        assertThatThrownBy(() -> bus.send(InboxAddress.CHAT, command).await().indefinitely())
                .isInstanceOfSatisfying(
                        DoramiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY));
        bus.publish(new StreamLifecycle.StreamRegistered(key, "u1", Instant.EPOCH))
                .await()
                .indefinitely();
        assertThat(TestRedis.streamLength(redis, RedisKeys.inbox(ServiceName.CHAT, key.partition())))
                .isEqualTo(4);
    }

    @Test
    void burstOnColdConnectionKeepsOrder() {
        TestRedis.flush(redis);
        Redis cold = TestRedis.client();
        EventBus coldBus = TestEventBus.create(cold, Map.of());
        List<String> sent = IntStream.range(0, 300).mapToObj(i -> "user-" + i).toList();
        List<Uni<Void>> results = sent.stream()
                .map(id -> coldBus.send(
                                InboxAddress.CHAT,
                                new LeaveChat(
                                        key,
                                        new User(id, "Kim", User.Role.USER),
                                        new ReplyTo("gateway-1", "c", null),
                                        false))
                        .subscribe()
                        .asCompletionStage())
                .map(result -> Uni.createFrom().completionStage(result))
                .toList();
        Uni.join().all(results).andFailFast().await().indefinitely();
        assertThat(TestRedis.streamMessages(redis, RedisKeys.inbox(ServiceName.CHAT, key.partition())).stream()
                        .map(json -> ((LeaveChat) Json.read(json, InboxMessage.class))
                                .user()
                                .id()))
                .isEqualTo(sent);
        cold.close();
    }

    private String publishOnce(String dedupeKey) {
        return bus.publishOnce(RedisKeys.roomKeys(room), new StreamEnded(key), dedupeKey)
                .await()
                .indefinitely();
    }
}
