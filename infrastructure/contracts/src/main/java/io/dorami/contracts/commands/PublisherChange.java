package io.dorami.contracts.commands;

import io.dorami.contracts.keys.StreamKey;

/**
 * SRS said that a publisher came or went, and it could not be written down in time. It waits in srs-hook-service's own
 * inbox, for SRS says nothing twice.
 */
public sealed interface PublisherChange extends InboxMessage {

    /** SRS's id of the publisher's connection. */
    String client();

    /** SRS's service id, new at every start of SRS. */
    String run();

    /**
     * The publisher was let in.
     *
     * @param generation of the publish key that it showed
     */
    record PublisherConnected(StreamKey stream, String client, String run, int generation) implements PublisherChange {}

    /** The publisher is gone. */
    record PublisherDisconnected(StreamKey stream, String client, String run) implements PublisherChange {}
}
