package io.dorami.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.events.RoomEvent.ChatUserJoined;
import io.dorami.contracts.events.RoomEvent.ChatUserLeft;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.messaging.JoinLeaveThrottle.EventGroup;
import io.dorami.testing.RedisSubscriber;
import io.dorami.testing.TestRedis;
import io.vertx.mutiny.redis.client.Redis;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JoinLeaveThrottleTest {

    private static final String GROUP = "join or leave";

    private final Redis redis = TestRedis.client();
    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final RoomId room = RoomId.parse("chat:" + key);
    private final JoinLeaveThrottle throttle = new JoinLeaveThrottle(TestEventBus.create(redis, Map.of()));

    @Test
    void firstEventIsImmediateThenNewestPerInterval() {
        assertThat(tryAcquire(joined("a"), 0)).isTrue();
        assertThat(tryAcquire(joined("b"), 10)).isFalse();
        assertThat(tryAcquire(left("c"), 20)).isFalse();
        assertThat(throttle.drainDue(nanos(99))).isEmpty();
        assertThat(throttle.drainDue(nanos(100))).isEqualTo(Map.of(new EventGroup(room, GROUP), left("c")));
        assertThat(throttle.drainDue(nanos(300))).isEmpty();
    }

    @Test
    void quietRoomPublishesImmediatelyAgain() {
        assertThat(tryAcquire(joined("a"), 0)).isTrue();
        assertThat(tryAcquire(joined("b"), 100)).isTrue();
        assertThat(throttle.drainDue(nanos(250))).isEmpty();
        assertThat(tryAcquire(joined("c"), 260)).isTrue();
    }

    @Test
    void roomsAndGroupsAreThrottledIndependently() {
        assertThat(tryAcquire(joined("a"), 0)).isTrue();
        assertThat(throttle.tryAcquire(RoomId.parse("chat:KEYB"), GROUP, joined("a"), nanos(0)))
                .isTrue();
        assertThat(throttle.tryAcquire(room, "other", joined("a"), nanos(0))).isTrue();
    }

    @Test
    void joinBurstPublishesAtMostTenPerSecond() {
        List<Long> publishedAtMs = new ArrayList<>();
        for (long atMs = 0; atMs < 5_000; atMs++) {
            if (!throttle.drainDue(nanos(atMs)).isEmpty()) {
                publishedAtMs.add(atMs);
            }
            if (tryAcquire(joined("u" + atMs), atMs)) {
                publishedAtMs.add(atMs);
            }
        }
        for (int i = 10; i < publishedAtMs.size(); i++) {
            assertThat(publishedAtMs.get(i) - publishedAtMs.get(i - 10)).isGreaterThanOrEqualTo(1_000);
        }
        assertThat(publishedAtMs).hasSizeGreaterThan(45);
    }

    /** Joins and leaves have a limit each if they are published by name. */
    @Test
    void firstAndLastEventOfNameReachRoom() {
        throttle.start();
        try (RedisSubscriber subscriber = RedisSubscriber.toRoom(redis, room)) {
            assertThat(publish(joined("a"))).isTrue();
            assertThat(publish(left("a"))).isTrue();
            long immediateEvents = IntStream.range(0, 50)
                    .filter(i -> publish(joined("user-" + i)))
                    .count();
            publish(joined("last"));
            assertThat(immediateEvents).isLessThan(10);
            await().until(() ->
                    subscriber.events().stream().anyMatch(e -> e.data().contains("last")));
            assertThat(subscriber.events()).extracting(EventFrame::name).contains("chat:user-left");
            assertThat(subscriber.events()).hasSizeLessThan(10);
        }
    }

    private boolean tryAcquire(RoomEvent event, long atMs) {
        return throttle.tryAcquire(room, GROUP, event, nanos(atMs));
    }

    private boolean publish(RoomEvent event) {
        return throttle.publish(room, event).await().indefinitely();
    }

    private RoomEvent joined(String user) {
        return new ChatUserJoined(user, true, key, Instant.EPOCH);
    }

    private RoomEvent left(String user) {
        return new ChatUserLeft(user, true, key, Instant.EPOCH);
    }

    private static long nanos(long milliseconds) {
        return TimeUnit.MILLISECONDS.toNanos(milliseconds);
    }
}
