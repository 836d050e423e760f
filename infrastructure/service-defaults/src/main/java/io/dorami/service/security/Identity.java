package io.dorami.service.security;

import io.dorami.contracts.User;
import java.security.Principal;
import java.time.Instant;

/**
 * The identity in a valid access token.
 *
 * @param tokenId the token's {@code jti}, by which it can be revoked; empty if it has none
 * @param expiresAt the time from which the token is no longer accepted: its {@code exp} and the tolerated clock skew
 */
public record Identity(User user, String tokenId, Instant expiresAt) implements Principal {

    /** Returns the user's id. */
    @Override
    public String getName() {
        return user.id();
    }

    /** Returns true if the token is no longer accepted. */
    public boolean isExpired(Instant now) {
        return !expiresAt.isAfter(now);
    }
}
