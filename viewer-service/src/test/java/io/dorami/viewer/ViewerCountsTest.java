package io.dorami.viewer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.EventFrame;
import io.dorami.contracts.Json;
import io.dorami.contracts.RoomEvent.ViewerCountChanged;
import io.dorami.contracts.RoomId;
import io.dorami.contracts.StreamKey;
import io.dorami.service.Presence;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.RedisEar;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.redis.client.Redis;
import jakarta.inject.Inject;
import java.time.Duration;
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

    @Test
    void theRoomHearsTheLastCountAndNotEveryStep() {
        try (RedisEar room = RedisEar.of(redis, RoomId.parse("stream:" + key))) {
            IntStream.range(0, 200).forEach(i -> move("+p" + i));
            await().until(() -> !room.events().isEmpty() && count(room.events().getLast()) == 200);
            assertThat(room.events()).hasSizeLessThan(200);
        }
    }

    @Test
    void aGatewayThatDiesIsGoneWhenItsLeaseLapses() {
        try (RedisEar room = RedisEar.of(redis, RoomId.parse("stream:" + key))) {
            move("+kim");
            await().until(() -> !room.events().isEmpty() && count(room.events().getLast()) == 1);
            await().atMost(Presence.LEASE.plusSeconds(5))
                    .until(() -> count(room.events().getLast()) == 0);
        }
    }

    private void move(String move) {
        presence.move(key, "boot", List.of(move)).await().atMost(Duration.ofSeconds(10));
    }

    private static long count(EventFrame frame) {
        return Json.read(frame.data(), ViewerCountChanged.class).viewerCount();
    }
}
