package io.dorami.stream.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * All that the rules know of a stream.
 *
 * @param since when the state last changed: what was seen before says nothing about it
 * @param gone the last publishers of which SRS said that they are gone: their publish may come after that
 */
public record StreamProgress(StreamState state, Instant since, List<Publisher> gone) {

    /** At one reconnect a second, what came in the last 16 s; hooks are late by far less. */
    private static final int REMEMBERED = 16;

    public static StreamProgress begin(Instant now) {
        return new StreamProgress(new StreamState.Pending(), now, List.of());
    }

    /** The same where the state is the same; else it has it since now. */
    StreamProgress in(StreamState next, Instant now) {
        return next.equals(state) ? this : new StreamProgress(next, now, gone);
    }

    /** The same, knowing that this publisher does not come back. */
    StreamProgress without(Publisher publisher) {
        if (gone.contains(publisher)) {
            return this;
        }
        List<Publisher> all = new ArrayList<>(gone);
        all.add(publisher);
        return new StreamProgress(
                state, since, List.copyOf(all.subList(Math.max(0, all.size() - REMEMBERED), all.size())));
    }
}
