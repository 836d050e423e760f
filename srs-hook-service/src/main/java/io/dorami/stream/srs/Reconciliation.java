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
 * Makes right what hooks did not tell: one replica compares all streams with what SRS has, and whoever plays them. An API
 * that cannot be reached says nothing, and nothing is changed by it; only where SRS's heartbeats have ended as well is it
 * taken for dead.
 */
@ApplicationScoped
class Reconciliation {

    /** Streams on air, ten times what the page shows. */
    private static final int ON_AIR = 1_000;

    private static final Logger LOG = Logger.getLogger(Reconciliation.class);

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final StreamStore store;
    private final SrsInstanceStore runs;
    private final SrsApi srs;
    private final DeferredPublisherChanges late;
    private final PlayableStreams playable;
    private final MediaViewers viewers;
    private final StreamConfig config;
    private final StreamMetrics metrics;

    /** Since when a heartbeat could not have been missed: this replica runs, leads and reads PostgreSQL. */
    private Optional<Instant> attentive = Optional.empty();

    private boolean answered = true;

    Reconciliation(
            StreamStore store,
            SrsInstanceStore runs,
            SrsApi srs,
            DeferredPublisherChanges late,
            PlayableStreams playable,
            MediaViewers viewers,
            StreamConfig config,
            StreamMetrics metrics) {
        this.store = store;
        this.runs = runs;
        this.srs = srs;
        this.late = late;
        this.playable = playable;
        this.viewers = viewers;
        this.config = config;
        this.metrics = metrics;
    }

    void start(@Observes StartupEvent event) {
        if (srs.configured()) {
            PeriodicTask.repeat("reconciliation", config.reconciliation(), this::reconcile);
        }
    }

    private Uni<Void> reconcile() {
        if (!late.leads()) {
            attentive = Optional.empty();
            return Uni.createFrom().voidItem();
        }
        Instant asked = clock.instant();
        return store.onAir(ON_AIR)
                .invoke(() -> attentive = attentive.or(() -> Optional.of(asked)))
                .onFailure()
                .invoke(() -> attentive = Optional.empty())
                .chain(onAir -> srs.list()
                        .map(Optional::of)
                        .onFailure()
                        .recoverWithItem(e -> {
                            tell(false, String.valueOf(e.getMessage()));
                            return Optional.empty();
                        })
                        .chain(listing ->
                                listing.isPresent() ? compare(onAir, listing.get(), asked) : listenFor(onAir, asked)));
    }

    private Uni<Void> compare(List<Stream> onAir, Listing listing, Instant asked) {
        tell(true, "");
        Map<StreamKey, Stream> known = onAir.stream().collect(Collectors.toMap(Stream::key, Function.identity()));
        Set<StreamKey> keys = new HashSet<>(known.keySet());
        keys.addAll(listing.publishers().keySet());
        return each(keys, key -> {
                    Optional<Publisher> seen =
                            Optional.ofNullable(listing.publishers().get(key));
                    return Optional.ofNullable(known.get(key))
                                    .flatMap(Stream::publisher)
                                    .equals(seen)
                            ? Uni.createFrom().voidItem()
                            : correct(key, seen, asked);
                })
                .chain(() -> each(known.values(), stream -> {
                    playable.tell(stream.key(), stream.publisher());
                    return viewers.heal(
                                    stream.key(),
                                    listing.players().getOrDefault(stream.key(), List.of()).stream()
                                            .map(Client::id)
                                            .toList(),
                                    asked)
                            .replaceWithVoid();
                }));
    }

    private Uni<Void> correct(StreamKey key, Optional<Publisher> seen, Instant asked) {
        return store.observe(key, seen, asked)
                .chain(changed -> {
                    if (!changed.after().equals(changed.before())) {
                        metrics.corrected();
                        LOG.infof(
                                "Stream %s is %s by SRS's list",
                                key, changed.after().state());
                    }
                    List<Publisher> gone = changed.after().course().gone();
                    return seen.filter(gone::contains) // ended by hand, and SRS was not reached then
                            .map(publisher -> srs.disconnect(publisher.client()))
                            .orElseGet(() -> Uni.createFrom().voidItem());
                })
                .onFailure(e -> e instanceof DoramiException refused && refused.code() == ErrorCode.STREAM_NOT_FOUND)
                .recoverWithUni(e -> seen.map(publisher -> {
                            LOG.warnf("SRS has a publisher of a stream that does not exist: %s", key);
                            return srs.disconnect(publisher.client());
                        })
                        .orElseGet(() -> Uni.createFrom().voidItem()));
    }

    /** SRS's API is silent: is its heartbeat as well? */
    private Uni<Void> listenFor(List<Stream> onAir, Instant asked) {
        Instant limit = asked.minus(config.silence());
        boolean heardAll = attentive.filter(since -> since.isBefore(limit)).isPresent();
        return runs.pulse()
                .chain(pulse -> pulse.filter(last -> heardAll
                                && last.beatAt() != null
                                && last.beatAt().isBefore(limit))
                        .map(last -> each(
                                onAir.stream()
                                        .filter(stream -> stream.publisher()
                                                .filter(publisher ->
                                                        publisher.run().equals(last.run()))
                                                .isPresent())
                                        .toList(),
                                stream -> correct(stream.key(), Optional.empty(), asked)))
                        .orElseGet(() -> Uni.createFrom().voidItem()));
    }

    private void tell(boolean answers, String reason) {
        metrics.reconciled(answers);
        if (answers != answered) {
            answered = answers;
            if (answers) {
                LOG.info("SRS's API answers again");
            } else {
                LOG.warnf("%s; nothing is concluded from that", reason);
            }
        }
    }

    private static <T> Uni<Void> each(Iterable<T> all, Function<? super T, Uni<? extends Void>> work) {
        return Multi.createFrom()
                .iterable(all)
                .onItem()
                .transformToUniAndConcatenate(work)
                .onItem()
                .ignoreAsUni();
    }
}
