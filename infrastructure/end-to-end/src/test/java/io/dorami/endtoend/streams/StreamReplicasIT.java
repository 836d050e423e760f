package io.dorami.endtoend.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.endtoend.streams.StreamReplicas.Show;
import io.dorami.testing.TestSecrets;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Three replicas of srs-hook-service: each may receive any hook, and each is killed. The grace, settle and silence
 * periods are short here, and the list of SRS is read twice per second.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamReplicasIT {

    private static final int REPLICAS = 3;
    private static final Duration EVENT_TIMEOUT = Duration.ofSeconds(30);
    /** The real SRS counts bytes every 3 s, the fake every 0.3 s. */
    private static final Duration TAKEOVER_LIMIT = Duration.ofSeconds(3);

    private static final String INSTANCE_ID = "run1";

    private StreamReplicas replicas;

    @BeforeAll
    void start() {
        replicas = new StreamReplicas(
                REPLICAS,
                Map.of(
                        "DORAMI_STREAM_GRACE", "3S",
                        "DORAMI_STREAM_SETTLE", "1S",
                        "DORAMI_STREAM_SILENCE", "2S",
                        "DORAMI_STREAM_RECONCILIATION", "0.5S"));
    }

    @AfterAll
    void end() throws Exception {
        replicas.close();
    }

    @Test
    void graceSurvivesRestartOfAllReplicas() {
        Show show = startShow();
        assertThat(unpublish(show)).isTrue();
        IntStream.range(0, REPLICAS).forEach(replicas::kill);
        IntStream.range(0, REPLICAS).forEach(replicas::start);
        replicas.awaitReady();
        await().atMost(EVENT_TIMEOUT).until(() -> replicas.status(show).equals("OFFLINE"));
        // If the events of a later show are published, all earlier events are published too.
        Show marker = startShow();
        await().atMost(EVENT_TIMEOUT)
                .until(() -> replicas.publishedEvents(marker).contains("stream:started"));
        assertThat(replicas.publishedEvents(show)).containsExactly("stream:started", "stream:ended");
    }

    /** Kills one replica; five rounds with {@code -Dfaults}, each of which kills every replica in turn. */
    @Test
    void killedReplicas_hookBurstLeavesCorrectState() throws Exception {
        int rounds = System.getProperty("faults") == null ? 1 : 5 * REPLICAS;
        List<Show> shows = new CopyOnWriteArrayList<>();
        Show watched = startShow();
        await().atMost(EVENT_TIMEOUT).until(() -> replicas.status(watched).equals("LIVE"));
        shows.add(watched);
        List<String> playing = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            int killed = round % REPLICAS;
            String prefix = "v" + round + "-";
            try (var viewers = Executors.newFixedThreadPool(32);
                    var seller = Executors.newSingleThreadScheduledExecutor()) {
                var publishing = seller.scheduleAtFixedRate(() -> shows.add(startShow()), 0, 1, TimeUnit.SECONDS);
                List<String> clients =
                        IntStream.range(0, 500).mapToObj(i -> prefix + i).toList();
                var plays = clients.stream()
                        .map(client -> viewers.submit(() -> await(client) // a rejected player retries
                                .atMost(EVENT_TIMEOUT)
                                .until(() -> play(watched, client))))
                        .toList();
                Thread.ofPlatform().start(() -> replicas.kill(killed)).join();
                for (var play : plays) {
                    play.get();
                }
                playing.addAll(clients);
                replicas.start(killed);
                replicas.awaitReady();
                publishing.cancel(false);
            }
        }
        playing.forEach(client -> replicas.srs().addPlayer(client, watched.key()));
        assertThat(shows).hasSizeGreaterThan(1).allSatisfy(show -> {
            await().atMost(EVENT_TIMEOUT).until(() -> replicas.status(show).equals("LIVE"));
            awaitEvents(show, "stream:started");
        });
        await("the number of players")
                .atMost(EVENT_TIMEOUT)
                .until(() -> mediaViewers(watched), count -> count == playing.size());
    }

    /** Locks a table to make PostgreSQL slow. */
    @Test
    void slowDatabase_delaysNoHookAndLosesNothing() throws Exception {
        Show show = replicas.newShow();
        Show playing = startShow();
        Show rotated = replicas.newShow();
        String rotate = "/api/streaming/" + rotated.id() + "/rotate-key";
        assertThat(replicas.call("POST", rotate, StreamReplicas.seller(), null).status())
                .isEqualTo(200);
        await().atMost(EVENT_TIMEOUT).until(() -> replicas.status(playing).equals("LIVE"));
        replicas.srs().addPublisher(show.key(), publisherId(show));
        try (Connection database = replicas.database();
                Statement statement = database.createStatement()) {
            database.setAutoCommit(false);
            statement.execute("LOCK TABLE stream IN ACCESS EXCLUSIVE MODE");
            assertThat(publish(show, publisherId(show)))
                    .as("accepted by its signature")
                    .isTrue();
            assertThat(replicas.callHook("on_publish", new Show(show.id(), show.key(), "nonsense"), "p2", INSTANCE_ID))
                    .isFalse();
            assertThat(publish(rotated, "p3"))
                    .as("rejected by its generation in Redis")
                    .isFalse();
            await("a reply based on Redis").until(() -> play(playing, "v1")); // a rejected player retries
            assertThat(play(rotated, "v1")).isFalse();
            assertThat(unpublish(playing)).isTrue();
            database.rollback(); // no call waited for the lock
        }
        await().atMost(EVENT_TIMEOUT).until(() -> replicas.status(show).equals("LIVE"));
        awaitEvents(playing, "stream:started", "stream:ended");
        assertThat(replicas.status(rotated)).isEqualTo("PENDING");
        awaitEvents(show, "stream:started");
    }

    @Test
    void lostHooks_areReconciledFromSrsApi() {
        Show lostUnpublish = startShow();
        replicas.srs().removePublisher(lostUnpublish.key()); // its on_unpublish is lost
        Show lostPublish = replicas.newShow();
        replicas.srs().addPublisher(lostPublish.key(), "lost"); // so is its on_publish
        await().atMost(EVENT_TIMEOUT).until(() -> replicas.status(lostPublish).equals("LIVE"));
        assertThat(play(lostPublish, "v1")).isTrue();
        await().atMost(EVENT_TIMEOUT).until(() -> replicas.status(lostUnpublish).equals("OFFLINE"));
        awaitEvents(lostUnpublish, "stream:started", "stream:ended");
        assertThat(replicas.status(lostPublish)).isEqualTo("LIVE");
    }

    @Test
    void oneReplicaPollsSrs() {
        long before = replicas.srs().streamListRequests();
        await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
        assertThat(replicas.srs().streamListRequests() - before).isBetween(1L, 8L);
    }

    @Test
    @EnabledIfSystemProperty(named = "faults", matches = ".*")
    void silentSrsApi_changesNothingDuringHeartbeats() {
        Show show = startShow();
        replicas.srs().setUnresponsive(true);
        replicas.srs().removePublisher(show.key());
        for (int i = 0; i < 6; i++) { // 1 s longer than silence and grace
            replicas.heartbeat(INSTANCE_ID);
            await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        }
        assertThat(replicas.status(show)).isEqualTo("LIVE");
        assertThat(play(show, "v1")).isTrue();

        // Without heartbeats SRS counts as dead.
        await().atMost(EVENT_TIMEOUT).until(() -> replicas.status(show).equals("OFFLINE"));
        replicas.srs().setUnresponsive(false);
    }

    @Test
    void restartedSrs_showContinuesIfPublisherReturns() {
        Show returning = startShow();
        Show abandoned = startShow();
        String instanceId = "run-" + UUID.randomUUID();
        replicas.srs().restart(instanceId);
        replicas.heartbeat(instanceId);
        assertThat(play(returning, "v1")).as("no publisher yet").isFalse();
        assertThat(replicas.status(returning)).isEqualTo("LIVE");
        replicas.srs().addPublisher(returning.key(), "again");
        assertThat(replicas.callHook("on_publish", returning, "again", instanceId))
                .isTrue();
        assertThat(play(returning, "v1")).isTrue();
        await().atMost(EVENT_TIMEOUT).until(() -> replicas.status(abandoned).equals("OFFLINE"));
        awaitEvents(abandoned, "stream:started", "stream:ended");
        assertThat(replicas.publishedEvents(returning)).containsExactly("stream:started");
    }

    @Test
    void silentPublisher_isReplacedByTheNewerOne() {
        Show show = startShow();
        replicas.srs().setSilent(publisherId(show));
        long start = System.nanoTime();
        assertThat(publish(show, "newer")).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TAKEOVER_LIMIT);
        assertThat(replicas.srs().disconnectedClients()).contains(publisherId(show));
        replicas.srs().addPublisher(show.key(), "newer");
        assertThat(replicas.callHook("on_unpublish", show, publisherId(show), INSTANCE_ID))
                .isTrue();
        assertThat(play(show, "v1")).isTrue();
        assertThat(replicas.status(show)).isEqualTo("LIVE");

        assertThat(replicas.callHook("on_unpublish", show, "newer", INSTANCE_ID))
                .isTrue();
        replicas.srs().removePublisher(show.key());
        awaitEvents(show, "stream:started", "stream:ended");
    }

    @Test
    void secondSendingPublisher_isRejectedAndNotKept() {
        Show show = startShow();
        assertThat(publish(show, "second")).isFalse();
        assertThat(replicas.srs().disconnectedClients()).doesNotContain(publisherId(show), "second");
        assertThat(play(show, "v1")).isTrue();
        assertThat(unpublish(show)).isTrue();
        assertThat(play(show, "v1"))
                .as("the second publisher is not remembered")
                .isFalse();
        awaitEvents(show, "stream:started", "stream:ended");
    }

    @Test
    @EnabledIfSystemProperty(named = "faults", matches = ".*")
    void silentPublisher_isReplacedAfterRestartOfAllReplicas() throws Exception {
        Show show = startShow();
        replicas.srs().setSilent(publisherId(show));
        try (var encoder = Executors.newSingleThreadExecutor()) {
            var attempt = encoder.submit(() -> publish(show, "first-attempt"));
            IntStream.range(0, REPLICAS).forEach(replicas::kill);
            assertThat(attempt).failsWithin(EVENT_TIMEOUT);
        }
        IntStream.range(0, REPLICAS).forEach(replicas::start);
        replicas.awaitReady();
        assertThat(publish(show, "second-attempt")).isTrue();
        assertThat(replicas.srs().disconnectedClients()).contains(publisherId(show));
        assertThat(replicas.publishedEvents(show)).containsExactly("stream:started");
    }

    @Test
    void endedShow_disconnectsPublisher() {
        Show show = startShow();
        Show other = startShow();
        replicas.srs().addPlayer("v1", show.key());
        replicas.srs().addPlayer("v2", other.key());
        String viewer = "/api/streaming/" + show.id() + "/media/";
        assertThat(replicas.call("DELETE", viewer + "v2", StreamReplicas.seller(), null)
                        .status())
                .as("of another stream")
                .isEqualTo(404);
        assertThat(replicas.call("DELETE", viewer + "v1", TestSecrets.userToken("u2", "Lee"), null)
                        .status())
                .isEqualTo(403);
        assertThat(replicas.call("DELETE", viewer + "v1", StreamReplicas.seller(), null)
                        .status())
                .isEqualTo(200);
        assertThat(replicas.srs().disconnectedClients()).contains("v1").doesNotContain("v2");

        String stop = "/api/streaming/" + show.id() + "/stop";
        assertThat(replicas.call("PATCH", stop, StreamReplicas.seller(), null).status())
                .isEqualTo(200);
        await().atMost(EVENT_TIMEOUT)
                .until(() -> replicas.srs().disconnectedClients().contains(publisherId(show)));
        assertThat(replicas.status(show)).isEqualTo("OFFLINE");
    }

    /** Creates a show that is live by the hook and in the list of SRS. */
    private Show startShow() {
        Show show = replicas.newShow();
        for (int attempt = 0; ; attempt++) {
            String client = publisherId(show) + (attempt == 0 ? "" : "-" + attempt);
            try {
                replicas.srs().addPublisher(show.key(), client);
                assertThat(publish(show, client)).isTrue();
                return show;
            } catch (UncheckedIOException e) { // the encoder retries
                assertThat(attempt).isLessThan(5);
            }
        }
    }

    /** Waits for the events of a show; an event is published shortly after its change. */
    private void awaitEvents(Show show, String... events) {
        await().atMost(EVENT_TIMEOUT)
                .untilAsserted(() -> assertThat(replicas.publishedEvents(show)).containsExactly(events));
    }

    private boolean publish(Show show, String client) {
        return replicas.callHook("on_publish", show, client, INSTANCE_ID);
    }

    private boolean unpublish(Show show) {
        replicas.srs().removePublisher(show.key());
        return replicas.callHook("on_unpublish", show, publisherId(show), INSTANCE_ID);
    }

    private boolean play(Show show, String client) {
        return replicas.callHook("on_play", show, client, INSTANCE_ID);
    }

    private long mediaViewers(Show show) {
        return replicas.call("GET", "/api/streaming/" + show.id() + "/media", StreamReplicas.seller(), null)
                .body()
                .path("data")
                .path("mediaViewers")
                .asLong();
    }

    private static String publisherId(Show show) {
        return "p" + Math.abs(show.key().hashCode());
    }
}
