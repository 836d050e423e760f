package io.dorami.service.security;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.service.runtime.Timeouts;
import io.dorami.service.text.TextCleaner;
import io.smallrye.jwt.auth.principal.JWTParser;
import io.smallrye.jwt.auth.principal.ParseException;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jboss.logging.Logger;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the platform's access tokens. The web client matches the error messages to decide on refreshing its token,
 * so they must not change.
 */
@ApplicationScoped
public class AccessTokenVerifier {

    /** Longer than a healthy Redis ever takes; after it, sign-in continues without the revocation check. */
    private static final Duration REVOCATION_TIMEOUT = Duration.ofSeconds(1);

    /** Name of a user whose token has none. */
    private static final String UNNAMED = "Guest";

    private static final String REVOKED_MESSAGE = "token has been revoked";

    private static final Logger LOG = Logger.getLogger(AccessTokenVerifier.class);

    private final JWTParser parser;
    private final Redis redis;
    private final Duration clockSkew;

    AccessTokenVerifier(
            JWTParser parser, Redis redis, @ConfigProperty(name = "mp.jwt.verify.clock.skew") int clockSkewSeconds) {
        this.parser = parser;
        this.redis = redis;
        this.clockSkew = Duration.ofSeconds(clockSkewSeconds);
    }

    /**
     * Verifies the token and returns its identity. Fails with {@link ErrorCode#UNAUTHORIZED} if it is invalid or
     * revoked.
     */
    public Uni<Identity> verify(String token) {
        return Uni.createFrom()
                .item(() -> parse(token))
                .call(this::rejectRevoked)
                .map(this::identity);
    }

    private Identity identity(JsonWebToken token) {
        String id = token.getTokenID();
        Instant expiresAt = Instant.ofEpochSecond(token.getExpirationTime()).plus(clockSkew);
        return new Identity(userOf(token), id == null ? "" : id, expiresAt);
    }

    /** Returns the user of a verified token. */
    static User userOf(JsonWebToken token) {
        String id = token.getClaim("userId");
        String role = token.getClaim("role");
        return new User(
                id == null ? String.valueOf(token.getSubject()) : id,
                displayName(token.getClaim("name")),
                "ADMIN".equals(role) ? User.Role.ADMIN : User.Role.USER);
    }

    /** Cleans the name here, where every service reads it. A name without visible characters is no reason to refuse. */
    private static String displayName(@Nullable String name) {
        String cleaned = name == null ? "" : TextCleaner.truncate(TextCleaner.cleanLine(name), User.MAX_NAME_LENGTH);
        return cleaned.isEmpty() ? UNNAMED : cleaned;
    }

    /** Fails if the token is not an access token, or if the token or its user was revoked. */
    Uni<Void> rejectRevoked(JsonWebToken token) {
        String type = token.getClaim("type");
        if (type != null && !type.equals("access")) {
            return Uni.createFrom().failure(unauthorized("invalid token: not an access token"));
        }
        Identity identity = identity(token);
        return revocationReasons(List.of(identity))
                .onFailure()
                .recoverWithItem(e -> {
                    // Sign-in must continue while Redis restarts: otherwise a revoked user would lose seconds of
                    // access and all other users would have an outage.
                    LOG.warnf("Revocation check failed, token accepted: reason=%s", e);
                    return Map.of();
                })
                .invoke(reasons -> {
                    if (reasons.containsKey(identity)) {
                        throw unauthorized(reasons.get(identity));
                    }
                })
                .replaceWithVoid();
    }

    /** Returns the revoked identities with their reasons. Sends three EXISTS for each identity in one pipeline. */
    public Uni<Map<Identity, String>> revocationReasons(List<Identity> identities) {
        List<Request> requests = new ArrayList<>();
        for (Identity identity : identities) {
            revocationKeys(identity).keySet().forEach(key -> requests.add(exists(key)));
        }
        return Timeouts.failAfter(REVOCATION_TIMEOUT, redis.batch(requests)).map(responses -> {
            Map<Identity, String> reasons = new HashMap<>();
            Iterator<Response> response = responses.iterator();
            for (Identity identity : identities) {
                revocationKeys(identity).forEach((key, message) -> {
                    if (response.next().toInteger() == 1) {
                        reasons.put(identity, message);
                    }
                });
            }
            return reasons;
        });
    }

    /**
     * Returns the reason for which the existence of this key revokes the identity; empty if the key belongs to others.
     */
    public static Optional<String> revocationReason(Identity identity, String key) {
        return Optional.ofNullable(revocationKeys(identity).get(key));
    }

    /** Returns the keys that revoke the identity, each with the message for the web client. */
    private static Map<String, String> revocationKeys(Identity identity) {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put(RedisKeys.blacklist(identity.tokenId()), REVOKED_MESSAGE);
        keys.put(RedisKeys.blacklist(identity.user().id()), REVOKED_MESSAGE);
        keys.put(RedisKeys.suspended(identity.user().id()), "account is suspended");
        return keys;
    }

    private JsonWebToken parse(String token) {
        try {
            return parser.parse(token);
        } catch (ParseException e) {
            boolean expired =
                    e.getCause() instanceof InvalidJwtException invalid && invalid.hasErrorCode(ErrorCodes.EXPIRED);
            throw unauthorized(expired ? "jwt expired" : "invalid token");
        }
    }

    private static Request exists(String key) {
        return Request.cmd(Command.EXISTS).arg(key);
    }

    private static DoramiException unauthorized(String message) {
        return new DoramiException(ErrorCode.UNAUTHORIZED, message);
    }
}
