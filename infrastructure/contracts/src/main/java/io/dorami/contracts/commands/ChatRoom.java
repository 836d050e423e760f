package io.dorami.contracts.commands;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.ShowRole;
import io.dorami.contracts.Staff;
import io.dorami.contracts.User;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The current state of a chat room, stored in PostgreSQL and cached in Redis.
 *
 * @param version incremented by each change, so that an old state never replaces a newer one
 * @param ownerId the stream's host; empty if the stream is not registered
 * @param pinned the pinned message, if any
 * @param staff the co-hosts and moderators; null in a state that the previous version stored, which had none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ChatRoom(
        long version,
        String ownerId,
        ChatPolicy policy,
        @Nullable ChatPosted pinned,
        @Nullable Staff staff) {

    /** Creates a room without a pinned message and without staff. */
    public ChatRoom(long version, String ownerId, ChatPolicy policy) {
        this(version, ownerId, policy, null, null);
    }

    /** Returns the version of the staff. Not a JSON property. */
    @JsonIgnore
    public long staffVersion() {
        return staff == null ? 0 : staff.version();
    }

    /** Finds the user's role in the show; empty for a viewer. */
    public Optional<ShowRole> roleOf(User user) {
        return ShowRole.find(user, ownerId, staff == null ? Staff.NONE : staff);
    }

    /** Returns true if the user is a co-host or a moderator. */
    public boolean hasStaff(String userId) {
        return staff != null && staff.roleOf(userId).isPresent();
    }

    /** Returns true if the user may moderate this room: each role includes the chat. */
    public boolean canBeModeratedBy(User user) {
        return roleOf(user).isPresent();
    }
}
