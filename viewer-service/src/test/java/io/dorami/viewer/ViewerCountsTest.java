package io.dorami.viewer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.Json;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.RoomEvent.ViewerCountChanged;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.Presence;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.RedisSubscriber;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.redis.client.Redis;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Publishing of viewer counts, with real Redis. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class ViewerCountsTest {

    @Inject
    Presence presence;

    @Inject
    Redis redis;

    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private long nextBatch;

    /** The load of two gateways while 5,000 viewers join within 5 s: 20 batches of 50 each second. */
    @Test
    void joinBurstPublishesAtMostFourCountsPerSecond() {
        try (RedisSubscriber room = RedisSubscriber.toRoom(redis, RoomId.parse("stream:" + key))) {
            joinViewers("first");
            await().until(() -> hasLastCount(room, 1));
            Instant start = Instant.now();
            for (int batch = 0; batch < 100; batch++) {
                int first = batch * 50;
                Instant due = start.plusMillis(batch * 50L);
                await().pollInterval(Duration.ofMillis(1))
                        .until(() -> !Instant.now().isBefore(due));
                joinViewers(IntStream.range(first, first + 50)
                        .mapToObj(i -> "p" + i)
                        .toArray(String[]::new));
            }
            await().until(() -> hasLastCount(room, 5_001));

            List<ViewerCountChanged> updates = updates(room);
            for (int i = 1; i < updates.size(); i++) {
                assertThat(updates.get(i).viewerCount())
                        .isGreaterThan(updates.get(i - 1).viewerCount());
            }
            // Published at 0, 250, 500, 750 and 1,000 ms; the tolerance of 10 ms covers clock adjustments.
            for (int i = 4; i < updates.size(); i++) {
                assertThat(Duration.between(
                                updates.get(i - 4).timestamp(), updates.get(i).timestamp()))
                        .isGreaterThan(Duration.ofMillis(990));
            }
            long seconds = Duration.between(start, Instant.now()).toSeconds() + 1;
            assertThat(updates.size() - 1L).isLessThanOrEqualTo(4 * seconds).isGreaterThan(1);
        }
    }

    @Test
    void viewersOfDeadGatewayExpireWithLease() {
        try (RedisSubscriber room = RedisSubscriber.toRoom(redis, RoomId.parse("stream:" + key))) {
            joinViewers("kim");
            await().until(() -> hasLastCount(room, 1));
            await().atMost(Presence.LEASE_DURATION.plusSeconds(5)).until(() -> hasLastCount(room, 0));
        }
    }

    private void joinViewers(String... participants) {
        presence.applyChanges(
                        key,
                        "set-of-" + key,
                        nextBatch++,
                        Arrays.stream(participants).map(p -> "+" + p).toList())
                .await()
                .atMost(Duration.ofSeconds(10));
    }

    private static boolean hasLastCount(RedisSubscriber room, long count) {
        List<ViewerCountChanged> updates = updates(room);
        return !updates.isEmpty() && updates.getLast().viewerCount() == count;
    }

    private static List<ViewerCountChanged> updates(RedisSubscriber room) {
        return room.events().stream()
                .map(EventFrame::data)
                .map(data -> Json.read(data, ViewerCountChanged.class))
                .toList();
    }
}
