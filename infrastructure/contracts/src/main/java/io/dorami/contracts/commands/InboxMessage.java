package io.dorami.contracts.commands;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.dorami.contracts.keys.StreamKey;

/**
 * A message in a service's inbox: a command to decide, or a lifecycle event that the service must not miss. Handling is
 * idempotent. Each inbox has a sealed type of its own: see {@link InboxAddress}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ChatCommand.JoinChat.class, name = "JoinChat"),
    @JsonSubTypes.Type(value = ChatCommand.ReadChat.class, name = "ReadChat"),
    @JsonSubTypes.Type(value = ChatCommand.LeaveChat.class, name = "LeaveChat"),
    @JsonSubTypes.Type(value = ChatCommand.SendChat.class, name = "SendChat"),
    @JsonSubTypes.Type(value = ChatCommand.DeleteChat.class, name = "DeleteChat"),
    @JsonSubTypes.Type(value = PublisherChange.PublisherConnected.class, name = "PublisherCame"),
    @JsonSubTypes.Type(value = PublisherChange.PublisherDisconnected.class, name = "PublisherWent"),
    @JsonSubTypes.Type(value = ChatCommand.ModerateChat.class, name = "ModerateChat"),
    @JsonSubTypes.Type(value = StreamLifecycle.StreamRegistered.class, name = "StreamRegistered"),
    @JsonSubTypes.Type(value = StreamLifecycle.StreamWentLive.class, name = "StreamWentLive"),
    @JsonSubTypes.Type(value = StreamLifecycle.StreamWentOffline.class, name = "StreamWentOffline"),
    @JsonSubTypes.Type(value = StreamLifecycle.StaffChanged.class, name = "StaffChanged"),
    @JsonSubTypes.Type(value = ChatCommand.ApplyStaff.class, name = "ApplyStaff"),
})
public sealed interface InboxMessage permits ChatInboxMessage, PublisherChange {

    /** The stream of the message, whose partition orders the message. */
    StreamKey stream();
}
