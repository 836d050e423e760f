package io.dorami.stream.state;

import io.dorami.contracts.events.StreamStatus;
import java.time.Instant;
import java.util.List;

/** The state of a stream. */
public sealed interface StreamState {

    /** The key was generated; no publisher has connected yet. */
    record Pending() implements StreamState {}

    /**
     * A publisher is connected.
     *
     * @param rivals other publishers whose hooks arrived too, the newest last. SRS rejects a second publisher after its
     *     hook, and reports this only by closing the connection; but if the first publisher's unpublish hook is merely
     *     late, the newest rival is the publisher
     */
    record Live(Publisher publisher, List<Publisher> rivals) implements StreamState {}

    /**
     * The show continues without a publisher. A publisher that connects before {@code until} continues the same show.
     */
    record Grace(Instant until) implements StreamState {}

    /** The show has ended; another may start with the same key. */
    record Offline() implements StreamState {}

    /** Returns whether readers see the stream as live. */
    default boolean isOnAir() {
        return this instanceof Live || this instanceof Grace;
    }

    /** The status that readers see. */
    default StreamStatus status() {
        return switch (this) {
            case Pending pending -> StreamStatus.PENDING;
            case Live live -> StreamStatus.LIVE;
            case Grace grace -> StreamStatus.LIVE;
            case Offline offline -> StreamStatus.OFFLINE;
        };
    }
}
