package io.dorami.stream.srs;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.MediaViewers;
import io.dorami.service.runtime.PeriodicTask;
import io.dorami.stream.StreamConfig;
import io.dorami.stream.StreamMetrics;
import io.dorami.stream.srs.SrsApi.Client;
import io.dorami.stream.srs.SrsApi.Listing;
import io.dorami.stream.state.PlayableStreams;
import io.dorami.stream.state.Publisher;
import io.dorami.stream.state.SrsInstanceStore;
import io.dorami.stream.state.Stream;
import io.dorami.stream.state.StreamStore;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Repairs the effects of lost hooks: one replica compares all streams and their players with SRS's list. If SRS's API
 * cannot be reached, nothing changes. Only if SRS's heartbeats have stopped as well does SRS count as dead.
 */
@ApplicationScoped
class Reconciliation {

    /** Streams on air: ten times as many as the page shows. */
    private static final int MAX_STREAMS = 1_000;

    private static final Logger LOG = Logger.getLogger(Reconciliation.class);

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final StreamStore store;
    private final SrsInstanceStore instances;
    private final SrsApi srs;
    private final DeferredPublisherChanges deferredChanges;
    private final PlayableStreams playableStreams;
    private final MediaViewers mediaViewers;
    private final StreamConfig config;
    private final StreamMetrics metrics;

    /** The time since which this replica runs, leads and reads PostgreSQL, and so cannot have missed a heartbeat. */
    private Optional<Instant> watchingSince = Optional.empty();

    private boolean apiAvailable = true;

    Reconciliation(
            StreamStore store,
            SrsInstanceStore instances,
            SrsApi srs,
            DeferredPublisherChanges deferredChanges,
            PlayableStreams playableStreams,
            MediaViewers mediaViewers,
            StreamConfig config,
            StreamMetrics metrics) {
        this.store = store;
        this.instances = instances;
        this.srs = srs;
        this.deferredChanges = deferredChanges;
        this.playableStreams = playableStreams;
        this.mediaViewers = mediaViewers;
        this.config = config;
        this.metrics = metrics;
    }

    void start(@Observes StartupEvent event) {
        if (srs.isConfigured()) {
            PeriodicTask.start("reconciliation", config.reconciliationInterval(), this::reconcile);
        }
    }

    private Uni<Void> reconcile() {
        if (!deferredChanges.isLeader()) {
            watchingSince = Optional.empty();
            return Uni.createFrom().voidItem();
        }
        Instant requestedAt = clock.instant();
        return store.findOnAir(MAX_STREAMS)
                .invoke(() -> watchingSince = watchingSince.or(() -> Optional.of(requestedAt)))
                .onFailure()
                .invoke(() -> watchingSince = Optional.empty())
                .chain(onAir -> srs.list()
                        .map(Optional::of)
                        .onFailure()
                        .recoverWithItem(e -> {
                            reportApiState(false, String.valueOf(e.getMessage()));
                            return Optional.empty();
                        })
                        .chain(listing -> listing.isPresent()
                                ? compare(onAir, listing.get(), requestedAt)
                                : checkHeartbeat(onAir, requestedAt)));
    }

    private Uni<Void> compare(List<Stream> onAir, Listing listing, Instant requestedAt) {
        reportApiState(true, "");
        Map<StreamKey, Stream> known = onAir.stream().collect(Collectors.toMap(Stream::key, Function.identity()));
        Set<StreamKey> keys = new HashSet<>(known.keySet());
        keys.addAll(listing.publishers().keySet());
        return forEach(keys, key -> {
                    Optional<Publisher> listed =
                            Optional.ofNullable(listing.publishers().get(key));
                    return Optional.ofNullable(known.get(key))
                                    .flatMap(Stream::publisher)
                                    .equals(listed)
                            ? Uni.createFrom().voidItem()
                            : correct(key, listed, requestedAt);
                })
                .chain(() -> forEach(known.values(), stream -> {
                    playableStreams.update(stream.key(), stream.publisher());
                    return mediaViewers
                            .reconcile(
                                    stream.key(),
                                    listing.players().getOrDefault(stream.key(), List.of()).stream()
                                            .map(Client::id)
                                            .toList(),
                                    requestedAt)
                            .replaceWithVoid();
                }));
    }

    private Uni<Void> correct(StreamKey key, Optional<Publisher> listed, Instant requestedAt) {
        return store.observe(key, listed, requestedAt)
                .chain(changed -> {
                    if (!changed.after().equals(changed.before())) {
                        metrics.recordCorrection();
                        LOG.infof(
                                "Stream corrected by SRS's list: stream=%s state=%s",
                                key, changed.after().state());
                    }
                    List<Publisher> gonePublishers = changed.after().progress().gonePublishers();
                    // The show was stopped while SRS could not be reached.
                    return listed.filter(gonePublishers::contains)
                            .map(publisher -> srs.disconnect(publisher.clientId()))
                            .orElseGet(() -> Uni.createFrom().voidItem());
                })
                .onFailure(e -> e instanceof DoramiException failure && failure.code() == ErrorCode.STREAM_NOT_FOUND)
                .recoverWithUni(e -> listed.map(publisher -> {
                            LOG.warnf(
                                    "Disconnecting publisher of unknown stream: stream=%s client=%s",
                                    key, publisher.clientId());
                            return srs.disconnect(publisher.clientId());
                        })
                        .orElseGet(() -> Uni.createFrom().voidItem()));
    }

    /** Starts the grace period of SRS's publishers if the last heartbeat is too old as well. */
    private Uni<Void> checkHeartbeat(List<Stream> onAir, Instant requestedAt) {
        Instant limit = requestedAt.minus(config.heartbeatTimeout());
        boolean missedNone =
                watchingSince.filter(since -> since.isBefore(limit)).isPresent();
        return instances
                .lastHeartbeat()
                .chain(heartbeat -> heartbeat
                        .filter(last -> missedNone
                                && last.receivedAt() != null
                                && last.receivedAt().isBefore(limit))
                        .map(last -> forEach(
                                onAir.stream()
                                        .filter(stream -> stream.publisher()
                                                .filter(publisher ->
                                                        publisher.instanceId().equals(last.instanceId()))
                                                .isPresent())
                                        .toList(),
                                stream -> correct(stream.key(), Optional.empty(), requestedAt)))
                        .orElseGet(() -> Uni.createFrom().voidItem()));
    }

    private void reportApiState(boolean available, String reason) {
        metrics.recordReconciliation(available);
        if (available != apiAvailable) {
            apiAvailable = available;
            if (available) {
                LOG.info("Reconciliation resumed: SRS API available");
            } else {
                LOG.warnf("Reconciliation stopped, streams stay unchanged: cause=%s", reason);
            }
        }
    }

    private static <T> Uni<Void> forEach(Iterable<T> all, Function<? super T, Uni<? extends Void>> work) {
        return Multi.createFrom()
                .iterable(all)
                .onItem()
                .transformToUniAndConcatenate(work)
                .onItem()
                .ignoreAsUni();
    }
}
