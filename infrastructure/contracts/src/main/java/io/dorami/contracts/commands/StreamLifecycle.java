package io.dorami.contracts.commands;

import io.dorami.contracts.Staff;
import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event in the life of a stream. It waits in each subscribing service's inbox until that service has handled it: see
 * {@link InboxAddress#LIFECYCLE_LISTENERS}.
 */
public sealed interface StreamLifecycle extends ChatInboxMessage {

    /** The user who may change the stream and its products. */
    String ownerId();

    /**
     * A key was generated: the stream exists and has an owner. Sent again when the title or the shipping changes.
     *
     * @param at the creation of the stream, also when the event is sent again
     * @param title null in a message of the previous version, which keeps the known title
     * @param freeShipping null in a message of the previous version, which keeps the known terms
     */
    record StreamRegistered(
            StreamKey stream,
            String ownerId,
            Instant at,
            @Nullable String title,
            @Nullable FreeShipping freeShipping) implements StreamLifecycle {

        /** Creates the event of a stream without a title and without free shipping. */
        public StreamRegistered(StreamKey stream, String ownerId, Instant at) {
            this(stream, ownerId, at, null, null);
        }
    }

    /** The first frame of a show. */
    record StreamWentLive(StreamKey stream, String ownerId, Instant at) implements StreamLifecycle {}

    /** The end of a show. */
    record StreamWentOffline(StreamKey stream, String ownerId, Instant at) implements StreamLifecycle {}

    /**
     * The owner named or removed a member of the staff. The message has the whole list, so that a repeated or older one
     * does no harm. Sent again at the start of each show, which repairs a service that missed the message.
     */
    record StaffChanged(StreamKey stream, String ownerId, Instant at, Staff staff) implements StreamLifecycle {}
}
