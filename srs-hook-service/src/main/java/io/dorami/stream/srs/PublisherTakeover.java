package io.dorami.stream.srs;

import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.runtime.Timeouts;
import io.dorami.stream.StreamMetrics;
import io.dorami.stream.state.Publisher;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Decides between two publishers of one stream, for example after the seller's network has changed. SRS keeps the older
 * connection for 30 s after its last packet, and until then rejects every other one. Therefore the newer publisher waits
 * for the response to its hook while the older one is observed: a silent one is disconnected, and the newer publisher
 * continues the show; one that sends media stays, and the newer one is rejected.
 *
 * <p>Nothing is stored: SRS's API is the only source, so any replica decides alike, and after the end of a replica the
 * encoder's next attempt is decided again. If the API does not respond, the newer publisher is accepted, and SRS rejects
 * it as long as it keeps the older one.
 */
@ApplicationScoped
public class PublisherTakeover {

    /**
     * Two intervals between counts decide. SRS's timer has a resolution of 1 s, so that each takes 3 s to 4 s; the rest
     * is for requests. SRS waits 30 s for the response to a hook.
     */
    private static final Duration DECISION_TIMEOUT = Duration.ofSeconds(9);

    /** At most 30 looks at a publisher, with three small requests each. */
    private static final Duration POLL_INTERVAL = Duration.ofMillis(300);

    /** SRS ends a disconnected publisher within milliseconds. */
    private static final Duration DISCONNECT_POLL_INTERVAL = Duration.ofMillis(50);

    private static final Logger LOG = Logger.getLogger(PublisherTakeover.class);

    private final SrsApi srs;
    private final StreamMetrics metrics;

    PublisherTakeover(SrsApi srs, StreamMetrics metrics) {
        this.srs = srs;
        this.metrics = metrics;
    }

    /** The result of a contest. All but {@code REJECTED} accept the newer publisher. */
    enum Outcome {
        /** The older publisher has left in the meantime. */
        FREE,
        /** The older publisher was silent and was disconnected. */
        TAKEN_OVER,
        /** The older publisher sends media. */
        REJECTED,
        /** SRS's API did not respond. */
        UNDECIDED
    }

    /** Returns whether the newer publisher, whose key was verified, may publish a stream that has another publisher. */
    public Uni<Boolean> mayPublish(StreamKey key, Publisher newer) {
        if (!srs.isConfigured()) {
            return Uni.createFrom().item(true);
        }
        return Timeouts.failAfter(DECISION_TIMEOUT, decide(key, newer))
                .onFailure()
                .recoverWithItem(e -> {
                    LOG.infof("Publishers not compared, SRS decides: stream=%s newer=%s cause=%s", key, newer, e);
                    return Outcome.UNDECIDED;
                })
                .invoke(metrics::recordTakeover)
                .map(outcome -> outcome != Outcome.REJECTED);
    }

    private Uni<Outcome> decide(StreamKey key, Publisher newer) {
        return srs.findPublisher(key)
                .map(listed -> listed.filter(publisher -> !publisher.equals(newer)))
                .chain(older -> older.map(publisher -> observe(key, publisher, newer, List.of()))
                        .orElseGet(() -> Uni.createFrom().item(Outcome.FREE)));
    }

    private Uni<Outcome> observe(StreamKey key, Publisher older, Publisher newer, List<ReceivedBytes> counts) {
        return srs.receivedBytes(older).chain(count -> {
            if (count.isEmpty()) {
                return Uni.createFrom().item(Outcome.FREE);
            }
            List<ReceivedBytes> known = withCount(counts, count.get());
            return switch (ReceivedBytes.judge(known)) {
                case UNKNOWN -> after(POLL_INTERVAL).chain(() -> observe(key, older, newer, known));
                case SILENT -> replace(key, older, newer);
                case SENDING -> {
                    LOG.infof(
                            "Publisher rejected, another one sends media: stream=%s publisher=%s rejected=%s",
                            key, older, newer);
                    yield Uni.createFrom().item(Outcome.REJECTED);
                }
            };
        });
    }

    private Uni<Outcome> replace(StreamKey key, Publisher older, Publisher newer) {
        LOG.infof("Silent publisher replaced: stream=%s silent=%s newer=%s", key, older, newer);
        return srs.disconnect(older.clientId())
                .chain(() -> awaitDisconnected(key, older))
                .replaceWith(Outcome.TAKEN_OVER);
    }

    private Uni<Void> awaitDisconnected(StreamKey key, Publisher older) {
        return srs.findPublisher(key)
                .chain(listed -> listed.equals(Optional.of(older))
                        ? after(DISCONNECT_POLL_INTERVAL).chain(() -> awaitDisconnected(key, older))
                        : Uni.createFrom().voidItem());
    }

    private static List<ReceivedBytes> withCount(List<ReceivedBytes> counts, ReceivedBytes next) {
        if (!counts.isEmpty() && counts.getLast().countedAt() == next.countedAt()) {
            return counts;
        }
        List<ReceivedBytes> all = new ArrayList<>(counts);
        all.add(next);
        return List.copyOf(all);
    }

    private static Uni<Void> after(Duration delay) {
        return Uni.createFrom().voidItem().onItem().delayIt().by(delay);
    }
}
