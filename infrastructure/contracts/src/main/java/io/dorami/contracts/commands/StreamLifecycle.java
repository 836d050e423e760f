package io.dorami.contracts.commands;

import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;

/**
 * An event in the life of a stream. It waits in each subscribing service's inbox until that service has handled it: see
 * {@link InboxAddress#LIFECYCLE_LISTENERS}.
 */
public sealed interface StreamLifecycle extends ChatInboxMessage {

    /** The user who may change the stream and its products. */
    String ownerId();

    /** A key was generated: the stream exists and has an owner. */
    record StreamRegistered(StreamKey stream, String ownerId, Instant at) implements StreamLifecycle {}

    /** The first frame of a show. */
    record StreamWentLive(StreamKey stream, String ownerId, Instant at) implements StreamLifecycle {}

    /** The end of a show. */
    record StreamWentOffline(StreamKey stream, String ownerId, Instant at) implements StreamLifecycle {}
}
