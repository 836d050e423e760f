package io.dorami.gateway.rooms;

import io.dorami.contracts.keys.StreamKey;
import io.dorami.gateway.GatewayInstance;
import io.dorami.gateway.GatewayMetrics;
import io.dorami.gateway.transport.EventLoop;
import io.dorami.presence.Presence;
import io.dorami.presence.Presence.ChangeResult;
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
 * The viewers of each stream on this gateway. Counts a participant's tabs here, sends to Redis only the first tab's
 * join and the last tab's leave, batched for 50 ms, and renews the lease of each stream's viewer set. Has its own event
 * loop, because a participant's tabs may be on any loop.
 */
@ApplicationScoped
class ViewerTracker {

    /**
     * Minimum time between two scripts of one stream: 5,000 joins in a second are 20 scripts instead of 5,000. The
     * first join after a pause does not wait.
     */
    private static final Duration FLUSH_INTERVAL = Duration.ofMillis(50);

    /** Delay before a retry after Redis failed; Redis may be back within a second. */
    private static final Duration RETRY_DELAY = Duration.ofMillis(500);

    /** Interval of the check for due renewals; short enough for a lease of 10 s. */
    private static final Duration LEASE_RENEWAL_CHECK_INTERVAL = Duration.ofMillis(500);

    private static final Logger LOG = Logger.getLogger(ViewerTracker.class);

    private final Map<StreamKey, StreamViewers> streams = new HashMap<>();
    private final Presence presence;
    private final GatewayInstance instance;
    private final GatewayMetrics metrics;
    private final EventLoop loop;

    private long setCount;
    private volatile boolean isDraining;

    ViewerTracker(Presence presence, GatewayInstance instance, Vertx vertx, GatewayMetrics metrics) {
        this.presence = presence;
        this.instance = instance;
        this.metrics = metrics;
        this.loop = new EventLoop(vertx);
    }

    /** The participants of one stream on this gateway. */
    private static final class StreamViewers {
        final StreamKey key;

        /** Id of this viewer set in Redis. */
        String setId;

        /** Number of this set's confirmed batches of changes. */
        long confirmedBatches;

        /** Number of tabs by participant. */
        final Map<String, Integer> tabs = new HashMap<>();

        /** Changes not yet sent, {@code +} or {@code -} by participant. A later change replaces an earlier one. */
        final Map<String, Character> pendingChanges = new LinkedHashMap<>();

        /** Joins without a result yet. */
        final Set<UniEmitter<? super Long>> pendingJoins = new LinkedHashSet<>();

        /** Time at which Redis last confirmed the set. */
        long confirmedAt = System.nanoTime();

        /** True while a script runs or a timer for the next one is set. */
        boolean flushScheduled;

        StreamViewers(StreamKey key, String setId) {
            this.key = key;
            this.setId = setId;
        }
    }

    void start(@Observes StartupEvent event) {
        loop.schedulePeriodically(LEASE_RENEWAL_CHECK_INTERVAL, this::renewDueLeases);
    }

    /**
     * Adds a tab of a participant, unless an existing tab joins again. Returns the stream's viewer count, which
     * includes the participant.
     */
    Uni<Long> join(StreamKey key, String participant, boolean newTab) {
        return Uni.createFrom()
                .emitter(emitter -> loop.execute(() -> {
                    StreamViewers viewers = streams.computeIfAbsent(key, k -> new StreamViewers(k, nextSetId()));
                    if (newTab && viewers.tabs.merge(participant, 1, Integer::sum) == 1) {
                        viewers.pendingChanges.put(participant, '+');
                    }
                    viewers.pendingJoins.add(emitter);
                    emitter.onTermination(() -> loop.execute(() -> viewers.pendingJoins.remove(emitter)));
                    flush(viewers);
                }));
    }

    /**
     * Removes a tab of a participant.
     *
     * @param expectedBack true if the tab reconnects at once: it still counts meanwhile, so that the count does not
     *     drop
     */
    void leave(StreamKey key, String participant, boolean expectedBack) {
        if (expectedBack || isDraining) {
            loop.schedule(ExpectedReturns.RECONNECT_ALLOWANCE, () -> removeTab(key, participant));
        } else {
            loop.execute(() -> removeTab(key, participant));
        }
    }

    /**
     * Delays leaves from now on. Clients of a stopping gateway reconnect elsewhere within seconds, so the viewer count
     * does not drop in between. At ShutdownEvent the server has already begun to close connections.
     */
    void drain(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) ShutdownDelayInitiatedEvent event) {
        isDraining = true;
    }

    private void removeTab(StreamKey key, String participant) {
        StreamViewers viewers = streams.get(key);
        if (viewers != null
                && viewers.tabs.computeIfPresent(participant, (p, tabs) -> tabs == 1 ? null : tabs - 1) == null) {
            viewers.pendingChanges.put(participant, '-');
            flush(viewers);
        }
    }

    private void renewDueLeases() {
        long now = System.nanoTime();
        streams.values().stream()
                .filter(viewers -> now - viewers.confirmedAt > Presence.LEASE_RENEWAL_INTERVAL.toNanos())
                .toList()
                .forEach(this::flush);
    }

    /**
     * Sends a batch of changes to Redis. Only one script runs at a time for each stream; later changes are sent with
     * the next.
     */
    private void flush(StreamViewers viewers) {
        if (viewers.flushScheduled) {
            return;
        }
        viewers.flushScheduled = true;
        Map<String, Character> batch = new LinkedHashMap<>();
        Iterator<Map.Entry<String, Character>> changes =
                viewers.pendingChanges.entrySet().iterator();
        while (changes.hasNext() && batch.size() < Presence.MAX_CHANGES) {
            Map.Entry<String, Character> change = changes.next();
            batch.put(change.getKey(), change.getValue());
            changes.remove();
        }
        // A participant whose change waits for a later batch is not in the count yet.
        List<UniEmitter<? super Long>> countedJoins =
                viewers.pendingChanges.isEmpty() ? List.copyOf(viewers.pendingJoins) : List.of();
        List<String> encodedChanges = batch.entrySet().stream()
                .map(change -> change.getValue() + change.getKey())
                .toList();
        presence.applyChanges(viewers.key, viewers.setId, viewers.confirmedBatches, encodedChanges)
                .emitOn(loop::execute)
                .subscribe()
                .with(
                        result -> {
                            viewers.confirmedAt = System.nanoTime();
                            switch (result) {
                                case ChangeResult.Applied applied -> {
                                    viewers.confirmedBatches += encodedChanges.isEmpty() ? 0 : 1;
                                    completeJoins(viewers, countedJoins, applied.viewers());
                                }
                                case ChangeResult.SetLost lost -> reannounce(viewers);
                                case ChangeResult.ShowEnded ended -> {
                                    // Once the stream is live again, Redis reports the set as lost.
                                    viewers.confirmedBatches = 1;
                                    completeJoins(viewers, countedJoins, 0);
                                }
                            }
                            scheduleNextFlush(viewers, FLUSH_INTERVAL);
                        },
                        e -> {
                            LOG.debugf(
                                    "Viewer changes not sent, retrying: stream=%s reason=%s",
                                    viewers.key, e.getMessage());
                            // The batch may still arrive, after later ones; then only in the old set, which expires.
                            if (!encodedChanges.isEmpty()) {
                                reannounce(viewers);
                            }
                            scheduleNextFlush(viewers, RETRY_DELAY);
                        });
    }

    private static void completeJoins(StreamViewers viewers, List<UniEmitter<? super Long>> joins, long count) {
        joins.stream().filter(viewers.pendingJoins::remove).forEach(join -> join.complete(count));
    }

    private void scheduleNextFlush(StreamViewers viewers, Duration pause) {
        loop.schedule(pause, () -> {
            viewers.flushScheduled = false;
            if (!viewers.pendingChanges.isEmpty() || !viewers.pendingJoins.isEmpty()) {
                flush(viewers);
            } else if (viewers.tabs.isEmpty()) {
                streams.remove(viewers.key); // the empty set expires in Redis
            }
        });
    }

    /**
     * Announces all participants under a new set id, because Redis has lost the set or its members may be outdated. The
     * old set expires by itself. Until then a participant is in both sets and counts once, so the displayed count
     * does not drop.
     */
    private void reannounce(StreamViewers viewers) {
        LOG.debugf("Viewer set announced again: stream=%s", viewers.key);
        metrics.recordLostViewerSet();
        viewers.setId = nextSetId();
        viewers.confirmedBatches = 0;
        viewers.pendingChanges.clear();
        viewers.tabs.keySet().forEach(participant -> viewers.pendingChanges.put(participant, '+'));
    }

    private String nextSetId() {
        return instance.id() + "-" + ++setCount;
    }
}
