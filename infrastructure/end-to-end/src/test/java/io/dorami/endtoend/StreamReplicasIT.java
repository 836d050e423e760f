package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.endtoend.StreamReplicas.Show;
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

/**
 * Three replicas of srs-hook-service: any may get any hook, and each is killed. Grace, settling and silence are short here,
 * and SRS's list is asked for twice a second.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamReplicasIT {

    private static final int REPLICAS = 3;
    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final String RUN = "run1";

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
    void theGraceOutlivesAllReplicasAndEndsOnce() {
        Show show = live();
        assertThat(unpublish(show)).isTrue();
        IntStream.range(0, REPLICAS).forEach(replicas::kill);
        IntStream.range(0, REPLICAS).forEach(replicas::start);
        replicas.awaitReady();
        await().atMost(WITHIN).until(() -> replicas.status(show).equals("OFFLINE"));
        // All that happened meanwhile was told when a show that came later is.
        Show marker = live();
        await().atMost(WITHIN).until(() -> replicas.told(marker).contains("stream:started"));
        assertThat(replicas.told(show)).containsExactly("stream:started", "stream:ended");
    }

    /** One round by default; with {@code -Dfaults} five, in which each replica is killed in turn. */
    @Test
    void aStormOfHooksLeavesTheStateRightThoughEachReplicaIsKilledInTurn() throws Exception {
        int rounds = System.getProperty("faults") == null ? 1 : 5 * REPLICAS;
        List<Show> shows = new CopyOnWriteArrayList<>();
        Show watched = live();
        await().atMost(WITHIN).until(() -> replicas.status(watched).equals("LIVE"));
        shows.add(watched);
        List<String> playing = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            int victim = round % REPLICAS;
            String prefix = "v" + round + "-";
            try (var viewers = Executors.newFixedThreadPool(32);
                    var seller = Executors.newSingleThreadScheduledExecutor()) {
                var publishing = seller.scheduleAtFixedRate(() -> shows.add(live()), 0, 1, TimeUnit.SECONDS);
                List<String> clients =
                        IntStream.range(0, 500).mapToObj(i -> prefix + i).toList();
                var plays = clients.stream()
                        .map(client -> viewers.submit(() -> await(client) // who is refused tries again
                                .atMost(WITHIN)
                                .until(() -> play(watched, client))))
                        .toList();
                Thread.ofPlatform().start(() -> replicas.kill(victim)).join();
                for (var play : plays) {
                    play.get();
                }
                playing.addAll(clients);
                replicas.start(victim);
                replicas.awaitReady();
                publishing.cancel(false);
            }
        }
        playing.forEach(client -> replicas.srs().plays(client, watched.key()));
        assertThat(shows).hasSizeGreaterThan(1).allSatisfy(show -> {
            await().atMost(WITHIN).until(() -> replicas.status(show).equals("LIVE"));
            awaitTold(show, "stream:started");
        });
        await("the count of those who play")
                .atMost(WITHIN)
                .until(() -> mediaViewers(watched), count -> count == playing.size());
    }

    /** A table that is locked makes PostgreSQL as slow as one can wish. */
    @Test
    void aSlowDatabaseKeepsNobodyWaitingAndLosesNothing() throws Exception {
        Show show = replicas.newShow();
        Show playing = live();
        Show rotated = replicas.newShow();
        String rotate = "/api/streaming/" + rotated.id() + "/rotate-key";
        assertThat(replicas.call("POST", rotate, StreamReplicas.seller(), null).status())
                .isEqualTo(200);
        await().atMost(WITHIN).until(() -> replicas.status(playing).equals("LIVE"));
        replicas.srs().publishes(show.key(), publisher(show));
        try (Connection database = replicas.database();
                Statement statement = database.createStatement()) {
            database.setAutoCommit(false);
            statement.execute("LOCK TABLE stream IN ACCESS EXCLUSIVE MODE");
            assertThat(publish(show, publisher(show))).as("by its signature").isTrue();
            assertThat(replicas.hook("on_publish", new Show(show.id(), show.key(), "nonsense"), "p2", RUN))
                    .isFalse();
            assertThat(publish(rotated, "p3")).as("by its generation in Redis").isFalse();
            await("an answer by what Redis knows").until(() -> play(playing, "v1")); // a refused player tries again
            assertThat(play(rotated, "v1")).isFalse();
            assertThat(unpublish(playing)).isTrue();
            database.rollback(); // none of these waited for it
        }
        await().atMost(WITHIN).until(() -> replicas.status(show).equals("LIVE"));
        awaitTold(playing, "stream:started", "stream:ended");
        assertThat(replicas.status(rotated)).isEqualTo("PENDING");
        awaitTold(show, "stream:started");
    }

    @Test
    void whatHooksDidNotTellSrssListDoes() {
        Show gone = live();
        replicas.srs().publishesNot(gone.key()); // its on_unpublish is lost
        Show came = replicas.newShow();
        replicas.srs().publishes(came.key(), "lost"); // so is its on_publish
        await().atMost(WITHIN).until(() -> replicas.status(came).equals("LIVE"));
        assertThat(play(came, "v1")).isTrue();
        await().atMost(WITHIN).until(() -> replicas.status(gone).equals("OFFLINE"));
        awaitTold(gone, "stream:started", "stream:ended");
        assertThat(replicas.status(came)).isEqualTo("LIVE");
    }

    @Test
    void oneOfTheReplicasAsks() {
        long before = replicas.srs().lists();
        await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
        assertThat(replicas.srs().lists() - before).isBetween(1L, 8L);
    }

    @Test
    void anApiThatDoesNotAnswerChangesNothingWhileHeartbeatsCome() {
        Show show = live();
        replicas.srs().silent(true);
        replicas.srs().publishesNot(show.key());
        for (int i = 0; i < 6; i++) { // a second longer than silence and grace
            replicas.heartbeat(RUN);
            await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        }
        assertThat(replicas.status(show)).isEqualTo("LIVE");
        assertThat(play(show, "v1")).isTrue();

        // No heartbeats any more either: it is dead.
        await().atMost(WITHIN).until(() -> replicas.status(show).equals("OFFLINE"));
        replicas.srs().silent(false);
    }

    @Test
    void aRestartOfSrsEndsNothingWhenItsPublishersComeBack() {
        Show back = live();
        Show lost = live();
        String run = "run-" + UUID.randomUUID();
        replicas.srs().restart(run);
        replicas.heartbeat(run);
        assertThat(play(back, "v1")).as("nobody publishes").isFalse();
        assertThat(replicas.status(back)).isEqualTo("LIVE");
        replicas.srs().publishes(back.key(), "again");
        assertThat(replicas.hook("on_publish", back, "again", run)).isTrue();
        assertThat(play(back, "v1")).isTrue();
        await().atMost(WITHIN).until(() -> replicas.status(lost).equals("OFFLINE"));
        awaitTold(lost, "stream:started", "stream:ended");
        assertThat(replicas.told(back)).containsExactly("stream:started");
    }

    @Test
    void whoEndsAShowDisconnectsItsPublisherAndWhoOwnsItAnyViewer() {
        Show show = live();
        Show other = live();
        replicas.srs().plays("v1", show.key());
        replicas.srs().plays("v2", other.key());
        String viewer = "/api/streaming/" + show.id() + "/media/";
        assertThat(replicas.call("DELETE", viewer + "v2", StreamReplicas.seller(), null)
                        .status())
                .as("of another stream")
                .isEqualTo(404);
        assertThat(replicas.call("DELETE", viewer + "v1", TestSecrets.user("u2", "Lee"), null)
                        .status())
                .isEqualTo(403);
        assertThat(replicas.call("DELETE", viewer + "v1", StreamReplicas.seller(), null)
                        .status())
                .isEqualTo(200);
        assertThat(replicas.srs().disconnected()).contains("v1").doesNotContain("v2");

        String stop = "/api/streaming/" + show.id() + "/stop";
        assertThat(replicas.call("PATCH", stop, StreamReplicas.seller(), null).status())
                .isEqualTo(200);
        await().atMost(WITHIN).until(() -> replicas.srs().disconnected().contains(publisher(show)));
        assertThat(replicas.status(show)).isEqualTo("OFFLINE");
    }

    /** A show that is live, by SRS's hook and by its list. */
    private Show live() {
        Show show = replicas.newShow();
        for (int attempt = 0; ; attempt++) {
            String client = publisher(show) + (attempt == 0 ? "" : "-" + attempt);
            try {
                replicas.srs().publishes(show.key(), client);
                assertThat(publish(show, client)).isTrue();
                return show;
            } catch (UncheckedIOException e) { // the encoder tries again
                assertThat(attempt).isLessThan(5);
            }
        }
    }

    /** A change is told a moment after it holds. */
    private void awaitTold(Show show, String... events) {
        await().atMost(WITHIN)
                .untilAsserted(() -> assertThat(replicas.told(show)).containsExactly(events));
    }

    private boolean publish(Show show, String client) {
        return replicas.hook("on_publish", show, client, RUN);
    }

    private boolean unpublish(Show show) {
        replicas.srs().publishesNot(show.key());
        return replicas.hook("on_unpublish", show, publisher(show), RUN);
    }

    private boolean play(Show show, String client) {
        return replicas.hook("on_play", show, client, RUN);
    }

    private long mediaViewers(Show show) {
        return replicas.call("GET", "/api/streaming/" + show.id() + "/media", StreamReplicas.seller(), null)
                .body()
                .path("data")
                .path("mediaViewers")
                .asLong();
    }

    private static String publisher(Show show) {
        return "p" + Math.abs(show.key().hashCode());
    }
}
