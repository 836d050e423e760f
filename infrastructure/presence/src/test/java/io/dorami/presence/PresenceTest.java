package io.dorami.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.Presence.ChangeResult;
import io.dorami.presence.Presence.SweepResult;
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
    void prepare() {
        TestRedis.flush(redis);
        markAsSweptAndSettled();
    }

    @Test
    void participantOnTwoGateways_countsOnce() {
        assertThat(change("g1", 0, "+kim", "+lee")).isEqualTo(2);
        assertThat(change("g2", 0, "+kim")).isEqualTo(2);
        assertThat(change("g1", 1, "-kim")).isEqualTo(2);
        assertThat(change("g2", 1, "-kim")).isEqualTo(1);
    }

    @Test
    void repeatedOrLateBatch_hasNoEffect() {
        change("g1", 0, "+kim");
        assertThat(apply("g1", 0, "+kim")).isEqualTo(new ChangeResult.SetLost());
        change("g1", 1, "-kim", "+lee");
        assertThat(apply("g1", 0, "+kim")).isEqualTo(new ChangeResult.SetLost());
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void set_withOtherBatchNumber_isLost() {
        change("g1", 0, "+kim");
        assertThat(apply("g1", 1)).isEqualTo(new ChangeResult.Applied(1));
        assertThat(apply("g1", 2)).isEqualTo(new ChangeResult.SetLost());
        assertThat(apply("g2", 1)).isEqualTo(new ChangeResult.SetLost());
        TestRedis.flush(redis);
        assertThat(apply("g1", 1)).isEqualTo(new ChangeResult.SetLost());
        assertThat(apply("g1", 1, "+lee")).isEqualTo(new ChangeResult.SetLost());
        assertThat(count()).isZero();
    }

    @Test
    void endedShow_countsNoViewers() {
        redis.sendAndAwait(Request.cmd(Command.SET)
                .arg(RedisKeys.showEndMarker(key))
                .arg(1)
                .arg("EX")
                .arg(60));
        assertThat(apply("g1", 0, "+kim")).isEqualTo(new ChangeResult.ShowEnded());
        assertThat(count()).isZero();
    }

    @Test
    void expiredGateway_losesOnlyItsOwnViewers() {
        change("g1", 0, "+kim", "+lee");
        change("g2", 0, "+lee", "+park");
        expire("g1");
        assertThat(sweep().changed()).isEqualTo(Map.of(key, 2L));
        assertThat(count()).isEqualTo(2);
        assertThat(apply("g1", 1)).as("the gateway recovers").isEqualTo(new ChangeResult.SetLost());
    }

    @Test
    void largeExpiredSet_isRemovedInSteps() {
        for (int batch = 0; batch < 6; batch++) {
            int first = batch * Presence.MAX_CHANGES;
            change(
                    "g1",
                    batch,
                    IntStream.range(first, first + Presence.MAX_CHANGES)
                            .mapToObj(i -> "+" + i)
                            .toArray(String[]::new));
        }
        expire("g1");
        sweep();
        assertThat(count()).isEqualTo(1_000);
        sweep();
        assertThat(count()).isZero();
    }

    @Test
    void changedCount_isReportedUntilPublished() {
        change("g1", 0, "+kim");
        assertThat(sweep().changed()).isEqualTo(Map.of(key, 1L));
        assertThat(sweep().changed()).as("the publishing replica died").isEqualTo(Map.of(key, 1L));
        assertThat(sweepAfterPublishing(1).changed()).isEmpty();
        change("g1", 1, "+lee");
        change("g1", 2, "-lee");
        assertThat(sweep().changed()).as("the count is unchanged").isEmpty();
    }

    @Test
    void changeDuringPublication_isPublishedNext() {
        change("g1", 0, "+kim");
        sweep();
        change("g1", 1, "+lee");
        assertThat(sweepAfterPublishing(1).changed()).isEqualTo(Map.of(key, 2L));
    }

    @Test
    void missedCount_isPublishedAgain() {
        change("g1", 0, "+kim");
        sweep();
        assertThat(sweepAfterPublishing(1).changed()).isEmpty();
        presence.republishCount(key).await().indefinitely();
        assertThat(sweep().changed()).isEqualTo(Map.of(key, 1L));
    }

    @Test
    void requestBeforePublishedCountIsStored_isNotLost() {
        change("g1", 0, "+kim");
        sweep();
        presence.republishCount(key).await().indefinitely(); // a gateway subscribed just after the publication
        assertThat(sweepAfterPublishing(1).changed()).isEqualTo(Map.of(key, 1L));
        assertThat(sweepAfterPublishing(1).changed())
                .as("the request was served")
                .isEmpty();
    }

    @Test
    void ownerChange_keepsPublicationRate() {
        change("g1", 0, "+kim");
        sweep();
        assertThat(presence.sweep(key.partition(), Map.of(), Duration.ofMinutes(1))
                        .await()
                        .indefinitely()
                        .changed())
                .isEmpty();
        assertThat(sweep().changed()).isEqualTo(Map.of(key, 1L));
    }

    @Test
    void announcementUnderOtherName_neverLowersCount() {
        change("g1", 0, "+kim", "+lee");
        assertThat(change("g1-1", 0, "+kim")).isEqualTo(2);
        assertThat(change("g1-1", 1, "+lee")).isEqualTo(2);
        expire("g1");
        sweep();
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void sweepGap_letsGatewaysRenewBeforeRemoval() {
        change("g1", 0, "+kim");
        expire("g1");
        redis.sendAndAwait(Request.cmd(Command.SET)
                .arg(RedisKeys.viewerSweepState(key.partition()))
                .arg("1 0 0"));
        assertThat(sweep().unconfirmed()).isEqualTo(1);
        assertThat(count()).isEqualTo(1);
        assertThat(apply("g1", 1)).isEqualTo(new ChangeResult.Applied(1));
        assertThat(sweep().unconfirmed()).isZero();
    }

    @Test
    void redisDataLoss_delaysPublicationUntilAnnouncements() {
        TestRedis.flush(redis);
        change("g1", 0, "+kim");
        assertThat(sweep().changed()).isEmpty();
        change("g2", 0, "+lee");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(sweep().changed()).isEqualTo(Map.of(key, 2L)));
    }

    private long change(String set, long batches, String... changes) {
        return ((ChangeResult.Applied) apply(set, batches, changes)).viewers();
    }

    private ChangeResult apply(String set, long batches, String... changes) {
        return presence.applyChanges(key, set, batches, Arrays.asList(changes))
                .await()
                .indefinitely();
    }

    private long count() {
        return presence.counts(List.of(key)).await().indefinitely().getFirst();
    }

    private SweepResult sweep() {
        return sweep(Map.of());
    }

    private SweepResult sweepAfterPublishing(long published) {
        return sweep(Map.of(key, published));
    }

    private SweepResult sweep(Map<StreamKey, Long> published) {
        return presence.sweep(key.partition(), published, Duration.ZERO).await().indefinitely();
    }

    /** Simulates ten seconds without a renewal. */
    private void expire(String set) {
        redis.sendAndAwait(Request.cmd(Command.ZADD)
                .arg(RedisKeys.viewerLeases(key.partition()))
                .arg(0)
                .arg(key + ":" + set));
    }

    /** Simulates that viewer-service has been sweeping all the time. */
    private void markAsSweptAndSettled() {
        long now = redis.sendAndAwait(Request.cmd(Command.TIME)).get(0).toLong() * 1_000;
        redis.sendAndAwait(Request.cmd(Command.SET)
                .arg(RedisKeys.viewerSweepState(key.partition()))
                .arg(now + " 0 0"));
    }
}
