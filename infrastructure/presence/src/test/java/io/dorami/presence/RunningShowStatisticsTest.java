package io.dorami.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.Presence.MoveResult;
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

    private static final Percentage HYPERLOGLOG = Percentage.withPercentage(3 * 0.81);

    private final Redis redis = TestRedis.client();
    private final Presence presence = new Presence(redis);
    private final RunningShowStatistics shows = new RunningShowStatistics(redis);
    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final Instant start = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private String set = "set";
    private long batches;

    @BeforeEach
    void forget() {
        TestRedis.flush(redis);
    }

    @Test
    void thePeakAndTheUniqueAreNotWhoIsThereAtTheEnd() {
        move("+kim");
        open(start);
        move("+lee", "+park");
        move("-kim", "-lee", "-park");
        move("+kim");
        ShowStatistics show = onAir();
        assertThat(show.peak()).isEqualTo(3);
        assertThat(show.unique()).isEqualTo(3);
        assertThat(show.ownerId()).isEqualTo("seller");
        assertThat(show.startedAt()).isEqualTo(start);
    }

    @Test
    void thousandsOfUniqueViewersAreCountedWithinTheErrorOfTheirLog() {
        open(start);
        for (int batch = 0; batch < 20; batch++) {
            int first = batch * 1_000;
            move(IntStream.range(first, first + 1_000).mapToObj(i -> "+" + i).toArray(String[]::new));
            move(IntStream.range(first, first + 1_000).mapToObj(i -> "-" + i).toArray(String[]::new));
        }
        assertThat(onAir().unique()).isCloseTo(20_000, HYPERLOGLOG);
        assertThat(onAir().peak()).isEqualTo(1_000);
    }

    @Test
    void watchTimeIsWhatEachWasThere() {
        move("+kim");
        open(start);
        past(Duration.ofSeconds(30)); // Kim alone
        move("+lee");
        past(Duration.ofSeconds(10)); // both
        move("-kim");
        past(Duration.ofSeconds(5)); // Lee alone
        ShowStatistics show = onAir();
        assertThat(show.watched()).isCloseTo(Duration.ofSeconds(30 + 2 * 10 + 5), Duration.ofSeconds(1));
        assertThat(show.average()).isCloseTo(55.0 / 45, within(0.05));
    }

    @Test
    void eachMinuteHasItsOwnPeakUniqueAndAverage() {
        open(start);
        move("+kim", "+lee");
        past(Duration.ofSeconds(45));
        move("-lee", "+park");
        past(Duration.ofSeconds(75)); // the first minute ends after 15 s of it, the second with it
        sweep();
        past(Duration.ofSeconds(30));
        move("-kim");
        past(Duration.ofSeconds(15));

        List<Minute> minutes = onAir().minutes();
        assertThat(minutes).extracting(Minute::unique).containsExactly(3L, 2L, 2L);
        assertThat(minutes).extracting(Minute::peak).containsExactly(2L, 2L, 2L);
        assertThat(minutes)
                .extracting(minute -> Math.round(minute.average() * 10))
                .containsExactly(20L, 20L, 17L);
        assertThat(minutes).extracting(minute -> minute.length().toSeconds()).containsExactly(60L, 60L, 45L);
        assertThat(minutes.get(1).from()).isEqualTo(minutes.get(0).from().plusSeconds(60));
    }

    @Test
    void minutesThatNobodySummedUpAreThereAllTheSame() {
        open(start);
        move("+kim");
        past(Duration.ofMinutes(10).plusSeconds(30));
        assertThat(onAir().minutes()).hasSize(11).allSatisfy(minute -> {
            assertThat(minute.unique()).isEqualTo(1);
            assertThat(minute.average()).isCloseTo(1, within(0.05));
        });
    }

    @Test
    void theEndKeepsTheRecordAndClearsTheRoomUntilItGoesLiveAgain() {
        open(start);
        move("+kim", "+lee");
        await("a minute that has begun: until then the show has no length")
                .until(() -> onAir().minutes().size() == 1);
        close(Instant.now());

        assertThat(shows.onAir(key).await().indefinitely()).isEmpty();
        assertThat(count()).isZero();
        assertThat(presence.move(key, set, batches, List.of()).await().indefinitely())
                .isEqualTo(new MoveResult.ShowEnded());
        assertThat(ended()).singleElement().satisfies(show -> {
            assertThat(show.stream()).isEqualTo(key);
            assertThat(show.peak()).isEqualTo(2);
            assertThat(show.minutes()).hasSize(1);
        });
        assertThat(left()).as("what Redis keeps of the stream").containsExactly(RedisKeys.viewersOver(key));

        open(Instant.now().plusSeconds(1));
        assertThat(presence.move(key, set, batches, List.of()).await().indefinitely())
                .isEqualTo(new MoveResult.SetLost());
        anew();
        move("+kim", "+lee");
        assertThat(count()).isEqualTo(2);
        assertThat(onAir().peak()).isEqualTo(2);
    }

    @Test
    void whatIsSaidAgainChangesNothing() {
        Instant end = start.plusMillis(1);
        Instant next = start.plusMillis(2);
        open(start);
        move("+kim");
        close(end);
        open(start);
        assertThat(shows.onAir(key).await().indefinitely()).as("it is over").isEmpty();
        close(end);
        assertThat(ended()).hasSize(1);

        open(next);
        anew();
        move("+kim");
        open(start);
        close(end);
        assertThat(onAir().startedAt()).isEqualTo(next);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void aShowWhoseEndNobodySaidIsARecordWhenTheNextBegins() {
        open(start);
        move("+kim");
        open(start.plusSeconds(1));
        assertThat(ended()).extracting(ShowStatistics::startedAt).containsExactly(start);
        assertThat(onAir().peak()).as("she is there still").isEqualTo(1);
    }

    @Test
    void aRecordWaitsUntilItIsWritten() {
        open(start);
        close(Instant.now());
        ShowStatistics record = ended().getFirst();
        assertThat(ended()).containsExactly(record);
        shows.written(record).await().indefinitely();
        assertThat(ended()).isEmpty();
    }

    @Test
    void ofAShowOfMoreThanADayTheLastMinutesAreKept() {
        open(start);
        move("+kim");
        past(Duration.ofHours(25));
        ShowStatistics show = onAir();
        assertThat(show.minutes()).hasSizeBetween(ShowStatistics.MINUTES, ShowStatistics.MINUTES + 1);
        assertThat(show.watched()).isCloseTo(Duration.ofHours(25), Duration.ofSeconds(1));
    }

    private void open(Instant at) {
        shows.open(key, "seller", at).await().indefinitely();
    }

    private void close(Instant at) {
        shows.close(key, at).await().indefinitely();
    }

    private void move(String... moves) {
        assertThat(presence.move(key, set, batches++, List.of(moves)).await().indefinitely())
                .isInstanceOf(MoveResult.Counted.class);
    }

    /** As a gateway whose set is lost. */
    private void anew() {
        set = "anew";
        batches = 0;
    }

    private ShowStatistics onAir() {
        return shows.onAir(key).await().indefinitely().orElseThrow();
    }

    private List<ShowStatistics> ended() {
        return shows.ended(key.partition()).await().indefinitely();
    }

    private long count() {
        return presence.counts(List.of(key)).await().indefinitely().getFirst();
    }

    private void sweep() {
        presence.sweep(key.partition(), Map.of(), Duration.ZERO).await().indefinitely();
    }

    /** As if all that was summed up had happened earlier by so much. */
    private void past(Duration time) {
        String totals = RedisKeys.showTotals(key.partition()) + key;
        for (String field : List.of("opened", "since", "minute")) {
            redis.sendAndAwait(
                    Request.cmd(Command.HINCRBY).arg(totals).arg(field).arg(-time.toMillis()));
        }
        redis.sendAndAwait(Request.cmd(Command.ZINCRBY)
                .arg(RedisKeys.showsOnAir(key.partition()))
                .arg(-time.toMillis())
                .arg(key.value()));
    }

    /** The keys of the stream; what its partition shares is not looked at. */
    private List<String> left() {
        return StreamSupport.stream(
                        redis.sendAndAwait(Request.cmd(Command.KEYS).arg("*:" + key + "*"))
                                .spliterator(),
                        false)
                .map(Response::toString)
                .toList();
    }
}
