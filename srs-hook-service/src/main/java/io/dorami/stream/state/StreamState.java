package io.dorami.stream.state;

import io.dorami.contracts.events.StreamStatus;
import java.time.Instant;
import java.util.List;

/** Where a stream stands. */
public sealed interface StreamState {

    /** The key was generated; nobody has published yet. */
    record Pending() implements StreamState {}

    /**
     * Somebody publishes.
     *
     * @param rivals other publishers whose hooks came too, the newest last: SRS refuses a second publisher after its hook,
     *     and says so by closing it alone; but where the first one's unpublish is merely late, the newest is the publisher
     */
    record Live(Publisher publisher, List<Publisher> rivals) implements StreamState {}

    /** The show goes on without a publisher; if one comes by then it is the same show. */
    record Grace(Instant until) implements StreamState {}

    /** The show is over; another may begin with the same key. */
    record Offline() implements StreamState {}

    /** Whether readers are told that it is live. */
    default boolean onAir() {
        return this instanceof Live || this instanceof Grace;
    }

    /** What readers are told. */
    default StreamStatus status() {
        return switch (this) {
            case Pending pending -> StreamStatus.PENDING;
            case Live live -> StreamStatus.LIVE;
            case Grace grace -> StreamStatus.LIVE;
            case Offline offline -> StreamStatus.OFFLINE;
        };
    }
}
