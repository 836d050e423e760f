package io.dorami.gateway.rooms;

import io.dorami.contracts.keys.StreamKey;
import io.dorami.gateway.GatewayInstance;
import io.dorami.gateway.GatewayMetrics;
import io.dorami.gateway.transport.EventLoop;
import io.dorami.presence.Presence;
import io.dorami.presence.Presence.MoveResult;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Who watches what on this gateway. Counts a participant's tabs here and tells Redis only of the first that comes and the
 * last that goes, gathered for 50 ms; renews the lease of each stream's set. Has a loop of its own, for a participant's
 * tabs may be on any.
 */
@ApplicationScoped
class ViewerTracker {

    /**
     * The least time between two scripts of one stream: 5,000 joins in a second are 20 scripts instead of 5,000. Whoever
     * comes after a quiet moment does not wait.
     */
    private static final Duration GATHER = Duration.ofMillis(50);

    /** Redis is asked again soon after it failed: it may be back within a second. */
    private static final Duration AGAIN = Duration.ofMillis(500);

    /** Due renewals are looked for this often: a lease of 10 s bears it. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** The web client tries again after 1 s, with a jitter of 0.4, then after 2 s: twice within this. */
    private static final Duration AWAY = Duration.ofSeconds(5);

    private static final Logger LOG = Logger.getLogger(ViewerTracker.class);

    private final Map<StreamKey, StreamViewers> audiences = new HashMap<>();
    private final Presence presence;
    private final GatewayInstance boot;
    private final GatewayMetrics metrics;
    private final EventLoop loop;

    private long sets;
    private volatile boolean stopping;

    ViewerTracker(Presence presence, GatewayInstance boot, Vertx vertx, GatewayMetrics metrics) {
        this.presence = presence;
        this.boot = boot;
        this.metrics = metrics;
        this.loop = new EventLoop(vertx);
    }

    /** The participants of one stream on this gateway. */
    private static final class StreamViewers {
        final StreamKey key;

        /** Under which name Redis has this set. */
        String set;

        /** How many batches of moves of that set are confirmed. */
        long batches;

        /** Participant → tabs. */
        final Map<String, Integer> tabs = new HashMap<>();

        /** Participant → {@code +} or {@code -}: not yet told. The last word counts. */
        final Map<String, Character> moves = new LinkedHashMap<>();

        /** Joins that are not answered yet. */
        final Set<UniEmitter<? super Long>> waiting = new LinkedHashSet<>();

        /** When Redis last confirmed that it has the set. */
        long confirmedAt = System.nanoTime();

        /** A script is under way, or a timer is set for the next. */
        boolean busy;

        StreamViewers(StreamKey key, String set) {
            this.key = key;
            this.set = set;
        }
    }

    void start(@Observes StartupEvent event) {
        loop.every(LOOK, this::renewDue);
    }

    /** One more tab of a participant, unless it joins again; answers the stream's count, which includes it. */
    Uni<Long> join(StreamKey key, String participant, boolean newTab) {
        return Uni.createFrom()
                .emitter(emitter -> loop.run(() -> {
                    StreamViewers audience = audiences.computeIfAbsent(key, k -> new StreamViewers(k, nextSet()));
                    if (newTab && audience.tabs.merge(participant, 1, Integer::sum) == 1) {
                        audience.moves.put(participant, '+');
                    }
                    audience.waiting.add(emitter);
                    emitter.onTermination(() -> loop.run(() -> audience.waiting.remove(emitter)));
                    tell(audience);
                }));
    }

    /** One tab less. */
    void leave(StreamKey key, String participant) {
        if (stopping) {
            loop.after(AWAY, () -> left(key, participant));
        } else {
            loop.run(() -> left(key, participant));
        }
    }

    /**
     * Whose connection this gateway closes because it stops is back elsewhere within seconds: the number does not dip. When
     * ShutdownEvent comes the server has begun to close connections.
     */
    void drain(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) ShutdownDelayInitiatedEvent event) {
        stopping = true;
    }

    private void left(StreamKey key, String participant) {
        StreamViewers audience = audiences.get(key);
        if (audience != null
                && audience.tabs.computeIfPresent(participant, (p, tabs) -> tabs == 1 ? null : tabs - 1) == null) {
            audience.moves.put(participant, '-');
            tell(audience);
        }
    }

    private void renewDue() {
        long now = System.nanoTime();
        audiences.values().stream()
                .filter(audience -> now - audience.confirmedAt > Presence.RENEW.toNanos())
                .toList()
                .forEach(this::tell);
    }

    /** One script at a time for each stream; what comes meanwhile goes with the next. */
    private void tell(StreamViewers audience) {
        if (audience.busy) {
            return;
        }
        audience.busy = true;
        Map<String, Character> batch = new LinkedHashMap<>();
        Iterator<Map.Entry<String, Character>> moves = audience.moves.entrySet().iterator();
        while (moves.hasNext() && batch.size() < Presence.MOVES) {
            Map.Entry<String, Character> move = moves.next();
            batch.put(move.getKey(), move.getValue());
            moves.remove();
        }
        // Whose move waits for a later batch is not in the count yet.
        List<UniEmitter<? super Long>> counted = audience.moves.isEmpty() ? List.copyOf(audience.waiting) : List.of();
        List<String> words = batch.entrySet().stream()
                .map(move -> move.getValue() + move.getKey())
                .toList();
        presence.move(audience.key, audience.set, audience.batches, words)
                .emitOn(loop::run)
                .subscribe()
                .with(
                        outcome -> {
                            audience.confirmedAt = System.nanoTime();
                            switch (outcome) {
                                case MoveResult.Counted now -> {
                                    audience.batches += words.isEmpty() ? 0 : 1;
                                    answer(audience, counted, now.viewers());
                                }
                                case MoveResult.SetLost lost -> announceAnew(audience);
                                case MoveResult.ShowEnded over -> {
                                    // Once the stream is live again the set is found to be lost, and told.
                                    audience.batches = 1;
                                    answer(audience, counted, 0);
                                }
                            }
                            next(audience, GATHER);
                        },
                        e -> {
                            LOG.debugf("viewers are told again: %s", e.getMessage());
                            // It may arrive yet, after what is told next: only into a set that lapses.
                            if (!words.isEmpty()) {
                                announceAnew(audience);
                            }
                            next(audience, AGAIN);
                        });
    }

    private static void answer(StreamViewers audience, List<UniEmitter<? super Long>> joins, long viewers) {
        joins.stream().filter(audience.waiting::remove).forEach(join -> join.complete(viewers));
    }

    private void next(StreamViewers audience, Duration pause) {
        loop.after(pause, () -> {
            audience.busy = false;
            if (!audience.moves.isEmpty() || !audience.waiting.isEmpty()) {
                tell(audience);
            } else if (audience.tabs.isEmpty()) {
                audiences.remove(audience.key); // the empty set lapses in Redis
            }
        });
    }

    /**
     * Redis has lost the set, has it otherwise, or may have. All are told under a new name while the old set is left to
     * lapse: in between they count for both, which is once, so the number on the screen does not dip.
     */
    private void announceAnew(StreamViewers audience) {
        LOG.debugf("The viewers of %s are announced anew", audience.key);
        metrics.viewersLost();
        audience.set = nextSet();
        audience.batches = 0;
        audience.moves.clear();
        audience.tabs.keySet().forEach(participant -> audience.moves.put(participant, '+'));
    }

    private String nextSet() {
        return boot.id() + "-" + ++sets;
    }
}
