package io.dorami.service.security;

import io.dorami.contracts.User;
import java.time.Instant;

/**
 * The identity in a valid access token.
 *
 * @param tokenId the token's {@code jti}, by which it can be revoked; empty if it has none
 * @param expiresAt the expiry of the token
 */
public record Identity(User user, String tokenId, Instant expiresAt) {}
