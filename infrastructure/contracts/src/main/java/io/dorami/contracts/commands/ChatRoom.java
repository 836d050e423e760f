package io.dorami.contracts.commands;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.User;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import org.jspecify.annotations.Nullable;

/**
 * What a chat room is at this moment, as PostgreSQL has it and Redis knows it.
 *
 * @param version grows by one with each change, so that an old state never replaces a newer one
 * @param ownerId the stream's host; empty where nobody registered the stream
 * @param pinned the message above all others
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ChatRoom(
        long version,
        String ownerId,
        ChatPolicy policy,
        @Nullable ChatPosted pinned) {

    /** Whether the user may moderate here. */
    public boolean moderatedBy(User user) {
        return user.admin() || user.id().equals(ownerId);
    }
}
