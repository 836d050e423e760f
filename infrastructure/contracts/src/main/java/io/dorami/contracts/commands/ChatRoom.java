package io.dorami.contracts.commands;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.User;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import org.jspecify.annotations.Nullable;

/**
 * The current state of a chat room, stored in PostgreSQL and cached in Redis.
 *
 * @param version incremented by each change, so that an old state never replaces a newer one
 * @param ownerId the stream's host; empty if the stream is not registered
 * @param pinned the pinned message, if any
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ChatRoom(
        long version,
        String ownerId,
        ChatPolicy policy,
        @Nullable ChatPosted pinned) {

    /** Returns true if the user may moderate this room. */
    public boolean canBeModeratedBy(User user) {
        return user.isAdmin() || user.id().equals(ownerId);
    }
}
