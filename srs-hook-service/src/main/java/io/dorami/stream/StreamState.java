package io.dorami.stream;

import java.time.Instant;
import java.util.Optional;

/** Where a stream stands. */
sealed interface StreamState {

    /** The key was generated; nobody has published yet. */
    record Pending() implements StreamState {}

    /**
     * Somebody publishes.
     *
     * @param publisher SRS's client id
     * @param serverRun SRS's service id: new at every start of SRS, whose old clients are then gone
     * @param rival a second publisher whose hook came too: SRS refuses it, and says so by closing it; unless the first
     *     one's unpublish was merely late, and then it is the publisher
     */
    record Live(String publisher, String serverRun, Optional<String> rival) implements StreamState {}

    /** The publisher is gone; if one comes back by then it is the same show. */
    record Grace(Instant until) implements StreamState {}

    /** The show is over; another may begin with the same key. */
    record Offline() implements StreamState {}

    /** Whether readers are told that it is live. */
    default boolean onAir() {
        return this instanceof Live || this instanceof Grace;
    }
}
