package io.dorami.stream;

import io.dorami.stream.StreamState.Grace;
import io.dorami.stream.StreamState.Live;
import io.dorami.stream.StreamState.Offline;
import io.dorami.stream.StreamState.Pending;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The state machine of a stream: PENDING → LIVE → GRACE → OFFLINE → LIVE. Pure; hooks may come doubled or out of order. */
final class StreamRules {

    private final Duration grace;

    StreamRules(Duration grace) {
        this.grace = grace;
    }

    /** What is true from now on, and what is to be told. */
    record Outcome(StreamState state, Optional<Change> change) {
        private static Outcome of(StreamState state) {
            return new Outcome(state, Optional.empty());
        }
    }

    /** What viewers and services hear of. */
    enum Change {
        STARTED,
        ENDED
    }

    Outcome publish(StreamState state, String client, String serverRun) {
        Live live = new Live(client, serverRun, Optional.empty());
        return switch (state) {
            case Pending pending -> new Outcome(live, Optional.of(Change.STARTED));
            case Offline offline -> new Outcome(live, Optional.of(Change.STARTED));
            case Grace grace -> Outcome.of(live);
            case Live now when !now.serverRun().equals(serverRun) -> Outcome.of(live); // SRS restarted
            case Live now when now.publisher().equals(client) -> Outcome.of(now); // the hook came twice
            case Live now -> Outcome.of(new Live(now.publisher(), now.serverRun(), Optional.of(client)));
        };
    }

    /** The publisher is gone, by SRS's word; anybody else's going changes nothing. */
    Outcome unpublish(StreamState state, String client, Instant now) {
        return switch (state) {
            case Live live
            when live.publisher().equals(client) ->
                Outcome.of(live.rival()
                        .<StreamState>map(rival -> new Live(rival, live.serverRun(), Optional.empty()))
                        .orElseGet(() -> new Grace(now.plus(grace))));
            case Live live -> close(live, client);
            case Grace grace -> Outcome.of(grace);
            case Pending pending -> Outcome.of(pending);
            case Offline offline -> Outcome.of(offline);
        };
    }

    /** A connection was closed: where it was the second publisher, it is no rival any more. */
    Outcome close(StreamState state, String client) {
        return state instanceof Live live && live.rival().equals(Optional.of(client))
                ? Outcome.of(new Live(live.publisher(), live.serverRun(), Optional.empty()))
                : Outcome.of(state);
    }

    /** Time has passed. */
    Outcome expire(StreamState state, Instant now) {
        return state instanceof Grace grace && !grace.until().isAfter(now) ? stop(state) : Outcome.of(state);
    }

    /** Over, at once. */
    Outcome stop(StreamState state) {
        return state.onAir()
                ? new Outcome(new Offline(), Optional.of(Change.ENDED))
                : new Outcome(new Offline(), Optional.empty());
    }
}
