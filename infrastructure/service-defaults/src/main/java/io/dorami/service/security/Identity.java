package io.dorami.service.security;

import io.dorami.contracts.User;
import java.time.Instant;

/**
 * Who a valid access token speaks for.
 *
 * @param tokenId its {@code jti}, by which it can be revoked; empty where it has none
 * @param expires from then on it speaks for nobody
 */
public record Identity(User user, String tokenId, Instant expires) {}
