package io.dorami.contracts;

import java.util.Optional;

/** The permissions of a user in a show. A viewer has none of these roles. */
public enum ShowRole {
    /** The host: may do all, and alone sees the publish key. */
    OWNER,
    /** Chat, products, orders and figures of the show. */
    COHOST,
    /** Chat alone. */
    MODERATOR,
    /** An admin of the platform, in every show. */
    ADMIN;

    /** Finds the role of a user: the ownership before the platform's role, and this before the staff's. */
    public static Optional<ShowRole> find(User user, String ownerId, Staff staff) {
        if (user.id().equals(ownerId)) {
            return Optional.of(OWNER);
        }
        return user.isAdmin() ? Optional.of(ADMIN) : staff.roleOf(user.id()).map(ShowRole::of);
    }

    /** The role of a member of the staff. */
    public static ShowRole of(Staff.Role role) {
        return switch (role) {
            case COHOST -> COHOST;
            case MODERATOR -> MODERATOR;
        };
    }

    /** Returns true if the role permits changes of products, and reading the orders and figures of the show. */
    public boolean canSell() {
        return this != MODERATOR;
    }

    /** Returns true if the role permits changes of the stream itself and of its staff. */
    public boolean canManage() {
        return this == OWNER || this == ADMIN;
    }
}
