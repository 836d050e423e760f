package io.dorami.stream.staff;

import io.dorami.contracts.ShowRole;
import io.dorami.contracts.Staff;
import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.StreamKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The staff of a stream, with the rules for its changes. */
record StaffList(UUID streamId, StreamKey key, String ownerId, long version, List<StaffMember> members) {

    Optional<StaffMember> find(String userId) {
        return members.stream().filter(member -> member.userId().equals(userId)).findFirst();
    }

    Optional<ShowRole> roleOf(User user) {
        return ShowRole.find(user, ownerId, toStaff());
    }

    /**
     * Adds a member, or replaces the member with the same id.
     *
     * @throws DoramiException {@link ErrorCode#CONFLICT} if the user is the owner, or if the list is full
     */
    StaffList with(StaffMember member) {
        if (member.userId().equals(ownerId)) {
            throw new DoramiException(ErrorCode.CONFLICT, "The user owns the stream; the owner needs no other role");
        }
        List<StaffMember> next = others(member.userId());
        next.add(member);
        if (next.size() > Staff.MAX_MEMBERS) {
            throw new DoramiException(
                    ErrorCode.CONFLICT,
                    "A stream has at most " + Staff.MAX_MEMBERS + " co-hosts and moderators; remove one first");
        }
        StaffList changed = new StaffList(streamId, key, ownerId, version + 1, next);
        if (changed.toStaff().cohosts().size() > Staff.MAX_COHOSTS) {
            throw new DoramiException(
                    ErrorCode.CONFLICT, "A stream has at most " + Staff.MAX_COHOSTS + " co-hosts; remove one first");
        }
        return changed;
    }

    StaffList without(String userId) {
        return new StaffList(streamId, key, ownerId, version + 1, others(userId));
    }

    /** The list as the other services store it. */
    Staff toStaff() {
        return new Staff(
                version,
                members.stream()
                        .map(member -> new Staff.Member(member.userId(), member.role()))
                        .toList());
    }

    private List<StaffMember> others(String userId) {
        List<StaffMember> others = new ArrayList<>(members);
        others.removeIf(member -> member.userId().equals(userId));
        return others;
    }
}
