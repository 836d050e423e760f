package io.dorami.contracts.commands;

import io.dorami.contracts.keys.ServiceName;
import java.util.List;

/**
 * The address of a service's inbox.
 *
 * @param service the service that reads the inbox
 * @param messageType the sealed type of the messages that the service handles
 */
public record InboxAddress<M extends InboxMessage>(ServiceName service, Class<M> messageType) {

    public static final InboxAddress<ChatInboxMessage> CHAT =
            new InboxAddress<>(ServiceName.CHAT, ChatInboxMessage.class);

    public static final InboxAddress<StreamLifecycle> VIEWER =
            new InboxAddress<>(ServiceName.VIEWER, StreamLifecycle.class);

    public static final InboxAddress<StreamLifecycle> PRODUCT =
            new InboxAddress<>(ServiceName.PRODUCT, StreamLifecycle.class);

    public static final InboxAddress<PublisherChange> STREAM =
            new InboxAddress<>(ServiceName.STREAM, PublisherChange.class);

    /** The inboxes that receive every lifecycle event. */
    public static final List<InboxAddress<? super StreamLifecycle>> LIFECYCLE_LISTENERS =
            List.of(CHAT, VIEWER, PRODUCT);
}
