package io.dorami.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.Presence.ChangeResult;
import io.dorami.presence.ShowStatistics.Minute;
import io.dorami.testing.TestRedis;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RunningShowStatisticsTest {

    private static final Percentage HYPERLOGLOG_ERROR = Percentage.withPercentage(3 * 0.81);

    private final Redis redis = TestRedis.client();
    private final Presence presence = new Presence(redis);
    private final RunningShowStatistics shows = new RunningShowStatistics(redis);
    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final Instant start = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private String set = "set";
    private long batches;

    @BeforeEach
    void flush() {
        TestRedis.flush(redis);
    }

    @Test
    void peakAndUnique_areIndependentOfFinalCount() {
        change("+kim");
        startShow(start);
        change("+lee", "+park");
        change("-kim", "-lee", "-park");
        change("+kim");
        ShowStatistics show = running();
        assertThat(show.peak()).isEqualTo(3);
        assertThat(show.unique()).isEqualTo(3);
        assertThat(show.ownerId()).isEqualTo("seller");
        assertThat(show.startedAt()).isEqualTo(start);
    }

    @Test
    void manyUniqueViewers_areCountedWithinHyperLogLogError() {
        startShow(start);
        for (int batch = 0; batch < 20; batch++) {
            int first = batch * 1_000;
            change(IntStream.range(first, first + 1_000).mapToObj(i -> "+" + i).toArray(String[]::new));
            change(IntStream.range(first, first + 1_000).mapToObj(i -> "-" + i).toArray(String[]::new));
        }
        assertThat(running().unique()).isCloseTo(20_000, HYPERLOGLOG_ERROR);
        assertThat(running().peak()).isEqualTo(1_000);
    }

    @Test
    void watchTime_isSumOverParticipants() {
        change("+kim");
        startShow(start);
        elapse(Duration.ofSeconds(30)); // Kim alone
        change("+lee");
        elapse(Duration.ofSeconds(10)); // both
        change("-kim");
        elapse(Duration.ofSeconds(5)); // Lee alone
        ShowStatistics show = running();
        assertThat(show.watched()).isCloseTo(Duration.ofSeconds(30 + 2 * 10 + 5), Duration.ofSeconds(1));
        assertThat(show.average()).isCloseTo(55.0 / 45, within(0.05));
    }

    @Test
    void eachMinuteHasOwnPeakUniqueAndAverage() {
        startShow(start);
        change("+kim", "+lee");
        elapse(Duration.ofSeconds(45));
        change("-lee", "+park");
        elapse(Duration.ofSeconds(75)); // the first minute ends after 15 s, the second at the end
        sweep();
        elapse(Duration.ofSeconds(30));
        change("-kim");
        elapse(Duration.ofSeconds(15));

        List<Minute> minutes = running().minutes();
        assertThat(minutes).extracting(Minute::unique).containsExactly(3L, 2L, 2L);
        assertThat(minutes).extracting(Minute::peak).containsExactly(2L, 2L, 2L);
        assertThat(minutes)
                .extracting(minute -> Math.round(minute.average() * 10))
                .containsExactly(20L, 20L, 17L);
        assertThat(minutes).extracting(minute -> minute.length().toSeconds()).containsExactly(60L, 60L, 45L);
        assertThat(minutes.get(1).from()).isEqualTo(minutes.get(0).from().plusSeconds(60));
    }

    @Test
    void unaccountedMinutes_areFilledIn() {
        startShow(start);
        change("+kim");
        elapse(Duration.ofMinutes(10).plusSeconds(30));
        assertThat(running().minutes()).hasSize(11).allSatisfy(minute -> {
            assertThat(minute.unique()).isEqualTo(1);
            assertThat(minute.average()).isCloseTo(1, within(0.05));
        });
    }

    @Test
    void showEnd_keepsRecordAndClearsRoomUntilNextShow() {
        startShow(start);
        change("+kim", "+lee");
        await("a started minute, because the show has no length before")
                .until(() -> running().minutes().size() == 1);
        endShow(Instant.now());

        assertThat(shows.findRunning(key).await().indefinitely()).isEmpty();
        assertThat(count()).isZero();
        assertThat(presence.applyChanges(key, set, batches, List.of()).await().indefinitely())
                .isEqualTo(new ChangeResult.ShowEnded());
        assertThat(ended()).singleElement().satisfies(show -> {
            assertThat(show.stream()).isEqualTo(key);
            assertThat(show.peak()).isEqualTo(2);
            assertThat(show.minutes()).hasSize(1);
        });
        assertThat(remainingKeys()).as("remaining keys of the stream").containsExactly(RedisKeys.showEndMarker(key));

        startShow(Instant.now().plusSeconds(1));
        assertThat(presence.applyChanges(key, set, batches, List.of()).await().indefinitely())
                .isEqualTo(new ChangeResult.SetLost());
        announceAgain();
        change("+kim", "+lee");
        assertThat(count()).isEqualTo(2);
        assertThat(running().peak()).isEqualTo(2);
    }

    @Test
    void repeatedStartOrEnd_hasNoEffect() {
        Instant end = start.plusMillis(1);
        Instant next = start.plusMillis(2);
        startShow(start);
        change("+kim");
        endShow(end);
        startShow(start);
        assertThat(shows.findRunning(key).await().indefinitely())
                .as("the show has ended")
                .isEmpty();
        endShow(end);
        assertThat(ended()).hasSize(1);

        startShow(next);
        announceAgain();
        change("+kim");
        startShow(start);
        endShow(end);
        assertThat(running().startedAt()).isEqualTo(next);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void unreportedEnd_isRecordedAtNextStart() {
        startShow(start);
        change("+kim");
        startShow(start.plusSeconds(1));
        assertThat(ended()).extracting(ShowStatistics::startedAt).containsExactly(start);
        assertThat(running().peak()).as("Kim is still present").isEqualTo(1);
    }

    @Test
    void record_staysUntilDeleted() {
        startShow(start);
        endShow(Instant.now());
        ShowStatistics record = ended().getFirst();
        assertThat(ended()).containsExactly(record);
        shows.deleteEnded(record).await().indefinitely();
        assertThat(ended()).isEmpty();
    }

    @Test
    void showOverOneDay_keepsLastMinutes() {
        startShow(start);
        change("+kim");
        elapse(Duration.ofHours(25));
        ShowStatistics show = running();
        assertThat(show.minutes()).hasSizeBetween(ShowStatistics.MAX_MINUTES, ShowStatistics.MAX_MINUTES + 1);
        assertThat(show.watched()).isCloseTo(Duration.ofHours(25), Duration.ofSeconds(1));
    }

    private void startShow(Instant at) {
        shows.startShow(key, "seller", at).await().indefinitely();
    }

    private void endShow(Instant at) {
        shows.endShow(key, at).await().indefinitely();
    }

    private void change(String... changes) {
        assertThat(presence.applyChanges(key, set, batches++, List.of(changes))
                        .await()
                        .indefinitely())
                .isInstanceOf(ChangeResult.Applied.class);
    }

    /** Simulates a gateway whose set is lost. */
    private void announceAgain() {
        set = "announced-again";
        batches = 0;
    }

    private ShowStatistics running() {
        return shows.findRunning(key).await().indefinitely().orElseThrow();
    }

    private List<ShowStatistics> ended() {
        return shows.findEnded(key.partition()).await().indefinitely();
    }

    private long count() {
        return presence.counts(List.of(key)).await().indefinitely().getFirst();
    }

    private void sweep() {
        presence.sweep(key.partition(), Map.of(), Duration.ZERO).await().indefinitely();
    }

    /** Simulates elapsed time by moving all accounted times into the past. */
    private void elapse(Duration time) {
        String totals = RedisKeys.showTotalsPrefix(key.partition()) + key;
        for (String field : List.of("opened", "since", "minute")) {
            redis.sendAndAwait(
                    Request.cmd(Command.HINCRBY).arg(totals).arg(field).arg(-time.toMillis()));
        }
        redis.sendAndAwait(Request.cmd(Command.ZINCRBY)
                .arg(RedisKeys.showsOnAir(key.partition()))
                .arg(-time.toMillis())
                .arg(key.value()));
    }

    /** Returns the keys of the stream, without the keys that the partition shares. */
    private List<String> remainingKeys() {
        return StreamSupport.stream(
                        redis.sendAndAwait(Request.cmd(Command.KEYS).arg("*:" + key + "*"))
                                .spliterator(),
                        false)
                .map(Response::toString)
                .toList();
    }
}
