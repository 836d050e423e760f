package io.dorami.contracts.events;

/** The status of a stream. A stream whose publisher disconnects briefly stays LIVE, because the show continues. */
public enum StreamStatus {
    PENDING,
    LIVE,
    OFFLINE
}
