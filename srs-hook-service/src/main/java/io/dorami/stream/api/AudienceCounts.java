package io.dorami.stream.api;

import io.dorami.contracts.events.StreamSummary;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.MediaViewers;
import io.dorami.presence.Presence;
import io.dorami.service.runtime.Timeouts;
import io.dorami.stream.state.Stream;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** The counts of viewers, zero if Redis does not respond, because a list is useful without them. */
@ApplicationScoped
class AudienceCounts {

    private static final Duration TIMEOUT = Duration.ofMillis(500);

    private final Presence presence;
    private final MediaViewers mediaViewers;

    AudienceCounts(Presence presence, MediaViewers mediaViewers) {
        this.presence = presence;
        this.mediaViewers = mediaViewers;
    }

    /** The people in the stream's room. */
    Uni<Long> viewers(StreamKey key) {
        return orZeros(presence.counts(List.of(key)), 1).map(List::getFirst);
    }

    /** The connections that play the stream over HTTP-FLV or RTMP. */
    Uni<Long> mediaViewers(StreamKey key) {
        return orZeros(mediaViewers.counts(List.of(key)), 1).map(List::getFirst);
    }

    /** Summaries with the people in each stream's room. */
    Uni<List<StreamSummary>> summaries(List<Stream> streams) {
        return orZeros(presence.counts(streams.stream().map(Stream::key).toList()), streams.size())
                .map(counts -> IntStream.range(0, streams.size())
                        .mapToObj(i -> streams.get(i).summary(counts.get(i)))
                        .toList());
    }

    private static Uni<List<Long>> orZeros(Uni<List<Long>> counts, int size) {
        return Timeouts.failAfter(TIMEOUT, counts).onFailure().recoverWithItem(() -> Collections.nCopies(size, 0L));
    }
}
