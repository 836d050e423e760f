package io.dorami.stream.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The progress of a stream: its state, with the history that the state machine needs.
 *
 * @param since the time of the last change of state; earlier observations are ignored
 * @param gonePublishers the last publishers that SRS reported as gone, because their publish hooks may arrive later
 */
public record StreamProgress(StreamState state, Instant since, List<Publisher> gonePublishers) {

    /** At one reconnect a second, the publishers of the last 16 s; hooks are late by far less. */
    private static final int MAX_GONE_PUBLISHERS = 16;

    public static StreamProgress initial(Instant now) {
        return new StreamProgress(new StreamState.Pending(), now, List.of());
    }

    /** Enters a state now; returns this object if the state is the same. */
    StreamProgress withState(StreamState next, Instant now) {
        return next.equals(state) ? this : new StreamProgress(next, now, gonePublishers);
    }

    /** Adds a publisher that will not return. */
    StreamProgress withGone(Publisher publisher) {
        if (gonePublishers.contains(publisher)) {
            return this;
        }
        List<Publisher> all = new ArrayList<>(gonePublishers);
        all.add(publisher);
        return new StreamProgress(
                state, since, List.copyOf(all.subList(Math.max(0, all.size() - MAX_GONE_PUBLISHERS), all.size())));
    }
}
