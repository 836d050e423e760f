package io.dorami.contracts.events;

/** What readers are told of a stream. One whose publisher is gone for a moment is LIVE, for the show goes on. */
public enum StreamStatus {
    PENDING,
    LIVE,
    OFFLINE
}
