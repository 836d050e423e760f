package io.dorami.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.Presence.MoveResult;
import io.dorami.presence.Presence.Sweep;
import io.dorami.testing.TestRedis;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PresenceTest {

    private final Redis redis = TestRedis.client();
    private final Presence presence = new Presence(redis);
    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());

    @BeforeEach
    void sweptForLong() {
        TestRedis.flush(redis);
        sweptAndSettled();
    }

    @Test
    void aParticipantOnTwoGatewaysIsOne() {
        assertThat(move("g1", 0, "+kim", "+lee")).isEqualTo(2);
        assertThat(move("g2", 0, "+kim")).isEqualTo(2);
        assertThat(move("g1", 1, "-kim")).isEqualTo(2);
        assertThat(move("g2", 1, "-kim")).isEqualTo(1);
    }

    @Test
    void aBatchThatArrivesAgainOrAfterLaterOnesDoesNothing() {
        move("g1", 0, "+kim");
        assertThat(outcome("g1", 0, "+kim")).isEqualTo(new MoveResult.SetLost());
        move("g1", 1, "-kim", "+lee");
        assertThat(outcome("g1", 0, "+kim")).isEqualTo(new MoveResult.SetLost());
        assertThat(counted()).isEqualTo(1);
    }

    @Test
    void aSetOfAnotherStateIsLost() {
        move("g1", 0, "+kim");
        assertThat(outcome("g1", 1)).isEqualTo(new MoveResult.Counted(1));
        assertThat(outcome("g1", 2)).isEqualTo(new MoveResult.SetLost());
        assertThat(outcome("g2", 1)).isEqualTo(new MoveResult.SetLost());
        TestRedis.flush(redis);
        assertThat(outcome("g1", 1)).isEqualTo(new MoveResult.SetLost());
        assertThat(outcome("g1", 1, "+lee")).isEqualTo(new MoveResult.SetLost());
        assertThat(counted()).isZero();
    }

    @Test
    void aRoomWhoseShowIsOverCountsNobody() {
        redis.sendAndAwait(Request.cmd(Command.SET)
                .arg(RedisKeys.viewersOver(key))
                .arg(1)
                .arg("EX")
                .arg(60));
        assertThat(outcome("g1", 0, "+kim")).isEqualTo(new MoveResult.ShowEnded());
        assertThat(counted()).isZero();
    }

    @Test
    void aGatewayThatLapsedTakesItsViewersWithItAndNobodyElses() {
        move("g1", 0, "+kim", "+lee");
        move("g2", 0, "+lee", "+park");
        lapse("g1");
        assertThat(sweep().changed()).isEqualTo(Map.of(key, 2L));
        assertThat(counted()).isEqualTo(2);
        assertThat(outcome("g1", 1)).as("it comes back").isEqualTo(new MoveResult.SetLost());
    }

    @Test
    void aLargeSetIsTakenOutInSteps() {
        for (int batch = 0; batch < 6; batch++) {
            int first = batch * Presence.MOVES;
            move(
                    "g1",
                    batch,
                    IntStream.range(first, first + Presence.MOVES)
                            .mapToObj(i -> "+" + i)
                            .toArray(String[]::new));
        }
        lapse("g1");
        sweep();
        assertThat(counted()).isEqualTo(1_000);
        sweep();
        assertThat(counted()).isZero();
    }

    @Test
    void aChangeIsAskedForUntilItWasToldAndNotAgain() {
        move("g1", 0, "+kim");
        assertThat(sweep().changed()).isEqualTo(Map.of(key, 1L));
        assertThat(sweep().changed()).as("whoever should have told it died").isEqualTo(Map.of(key, 1L));
        assertThat(sweepAfterTelling(1).changed()).isEmpty();
        move("g1", 1, "+lee");
        move("g1", 2, "-lee");
        assertThat(sweep().changed()).as("it is what it was").isEmpty();
    }

    @Test
    void whatChangesWhileTheRoomIsToldIsToldNext() {
        move("g1", 0, "+kim");
        sweep();
        move("g1", 1, "+lee");
        assertThat(sweepAfterTelling(1).changed()).isEqualTo(Map.of(key, 2L));
    }

    @Test
    void aRoomThatMayHaveMissedItsCountIsToldAgain() {
        move("g1", 0, "+kim");
        sweep();
        assertThat(sweepAfterTelling(1).changed()).isEmpty();
        presence.tellAgain(key).await().indefinitely();
        assertThat(sweep().changed()).isEqualTo(Map.of(key, 1L));
    }

    @Test
    void anotherOwnerDoesNotMakeARoomHearMoreOften() {
        move("g1", 0, "+kim");
        sweep();
        assertThat(presence.sweep(key.partition(), Map.of(), Duration.ofMinutes(1))
                        .await()
                        .indefinitely()
                        .changed())
                .isEmpty();
        assertThat(sweep().changed()).isEqualTo(Map.of(key, 1L));
    }

    @Test
    void announcingAnewUnderAnotherNameNeverDips() {
        move("g1", 0, "+kim", "+lee");
        assertThat(move("g1-1", 0, "+kim")).isEqualTo(2);
        assertThat(move("g1-1", 1, "+lee")).isEqualTo(2);
        lapse("g1");
        sweep();
        assertThat(counted()).isEqualTo(2);
    }

    @Test
    void afterAGapInTheSweepsGatewaysMayRenewBeforeAnybodyIsTakenOut() {
        move("g1", 0, "+kim");
        lapse("g1");
        redis.sendAndAwait(Request.cmd(Command.SET)
                .arg(RedisKeys.viewersSwept(key.partition()))
                .arg("1 0 0"));
        assertThat(sweep().doubtful()).isEqualTo(1);
        assertThat(counted()).isEqualTo(1);
        assertThat(outcome("g1", 1)).isEqualTo(new MoveResult.Counted(1));
        assertThat(sweep().doubtful()).isZero();
    }

    @Test
    void withoutItsDataRedisTellsNoRoomBeforeAllAreAnnouncedAnew() {
        TestRedis.flush(redis);
        move("g1", 0, "+kim");
        assertThat(sweep().changed()).isEmpty();
        move("g2", 0, "+lee");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(sweep().changed()).isEqualTo(Map.of(key, 2L)));
    }

    private long move(String set, long batches, String... moves) {
        return ((MoveResult.Counted) outcome(set, batches, moves)).viewers();
    }

    private MoveResult outcome(String set, long batches, String... moves) {
        return presence.move(key, set, batches, Arrays.asList(moves)).await().indefinitely();
    }

    private long counted() {
        return presence.counts(List.of(key)).await().indefinitely().getFirst();
    }

    private Sweep sweep() {
        return sweep(Map.of());
    }

    private Sweep sweepAfterTelling(long count) {
        return sweep(Map.of(key, count));
    }

    private Sweep sweep(Map<StreamKey, Long> told) {
        return presence.sweep(key.partition(), told, Duration.ZERO).await().indefinitely();
    }

    /** As if ten seconds had passed without a renewal. */
    private void lapse(String set) {
        redis.sendAndAwait(Request.cmd(Command.ZADD)
                .arg(RedisKeys.viewerLeases(key.partition()))
                .arg(0)
                .arg(key + ":" + set));
    }

    /** As if viewer-service had been there all the time. */
    private void sweptAndSettled() {
        long now = redis.sendAndAwait(Request.cmd(Command.TIME)).get(0).toLong() * 1_000;
        redis.sendAndAwait(Request.cmd(Command.SET)
                .arg(RedisKeys.viewersSwept(key.partition()))
                .arg(now + " 0 0"));
    }
}
