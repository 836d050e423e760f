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

@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class ViewerCountsTest {

    @Inject
    Presence presence;

    @Inject
    Redis redis;

    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private long batches;

    /** What two gateways tell of 5,000 who come within 5 s: each second 20 times 50. */
    @Test
    void fiveThousandWhoComeWithinFiveSecondsCostTheRoomTwentyUpdates() {
        try (RedisSubscriber room = RedisSubscriber.of(redis, RoomId.parse("stream:" + key))) {
            come("first");
            await().until(() -> told(room, 1));
            Instant begun = Instant.now();
            for (int batch = 0; batch < 100; batch++) {
                int first = batch * 50;
                Instant due = begun.plusMillis(batch * 50L);
                await().pollInterval(Duration.ofMillis(1))
                        .until(() -> !Instant.now().isBefore(due));
                come(IntStream.range(first, first + 50).mapToObj(i -> "p" + i).toArray(String[]::new));
            }
            await().until(() -> told(room, 5_001));

            List<ViewerCountChanged> updates = updates(room);
            for (int i = 1; i < updates.size(); i++) {
                assertThat(updates.get(i).viewerCount())
                        .isGreaterThan(updates.get(i - 1).viewerCount());
            }
            // Told at 0, 250, 500, 750 and 1,000 ms; 10 ms are for a clock that is being set.
            for (int i = 4; i < updates.size(); i++) {
                assertThat(Duration.between(
                                updates.get(i - 4).timestamp(), updates.get(i).timestamp()))
                        .isGreaterThan(Duration.ofMillis(990));
            }
            long seconds = Duration.between(begun, Instant.now()).toSeconds() + 1;
            assertThat(updates.size() - 1L).isLessThanOrEqualTo(4 * seconds).isGreaterThan(1);
        }
    }

    @Test
    void aGatewayThatDiesIsGoneWhenItsLeaseLapses() {
        try (RedisSubscriber room = RedisSubscriber.of(redis, RoomId.parse("stream:" + key))) {
            come("kim");
            await().until(() -> told(room, 1));
            await().atMost(Presence.LEASE.plusSeconds(5)).until(() -> told(room, 0));
        }
    }

    private void come(String... participants) {
        presence.move(
                        key,
                        "set-of-" + key,
                        batches++,
                        Arrays.stream(participants).map(p -> "+" + p).toList())
                .await()
                .atMost(Duration.ofSeconds(10));
    }

    private static boolean told(RedisSubscriber room, long count) {
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
