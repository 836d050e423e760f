package io.dorami.contracts;

import java.util.List;
import java.util.Optional;

/**
 * The people whom the owner of a stream named, at most {@value #MAX_MEMBERS}. srs-hook-service stores them; the other
 * services keep copies.
 *
 * @param version incremented by each change, so that an older list never replaces a newer one; 0 before the first change
 */
public record Staff(long version, List<Member> members) {

    /** A list of 20 takes 2 KB in a lifecycle message and in the state of a chat room. */
    public static final int MAX_MEMBERS = 20;

    /** Each order of the show is sent to the owner and every co-host: to six users. */
    public static final int MAX_COHOSTS = 5;

    /** The staff of a stream whose owner works alone. */
    public static final Staff NONE = new Staff(0, List.of());

    /** The permissions of a member. */
    public enum Role {
        /** Chat, products, orders and figures of the show. */
        COHOST,
        /** Chat alone. */
        MODERATOR
    }

    /** A user with a role. */
    public record Member(String userId, Role role) {}

    public Staff {
        members = List.copyOf(members);
    }

    /** The ids of the co-hosts. */
    public List<String> cohosts() {
        return members.stream()
                .filter(member -> member.role() == Role.COHOST)
                .map(Member::userId)
                .toList();
    }

    /** Finds the role of a user; empty if the user is not a member. */
    public Optional<Role> roleOf(String userId) {
        return members.stream()
                .filter(member -> member.userId().equals(userId))
                .map(Member::role)
                .findFirst();
    }
}
