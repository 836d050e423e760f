package io.dorami.service.security;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.service.runtime.Timeouts;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Verifies the platform's access tokens. The web client matches the error messages to decide on refreshing its token,
 * so they must not change.
 */
@ApplicationScoped
public class AccessTokenVerifier {

    /** Longer than a healthy Redis ever takes; after it, sign-in continues without the revocation check. */
    private static final Duration REVOCATION_TIMEOUT = Duration.ofSeconds(1);

    private static final String REVOKED_MESSAGE = "token has been revoked";

    private static final Logger LOG = Logger.getLogger(AccessTokenVerifier.class);

    private final TokenIssuers issuers;
    private final Redis redis;

    AccessTokenVerifier(TokenIssuers issuers, Redis redis) {
        this.issuers = issuers;
        this.redis = redis;
    }

    /**
     * Verifies the token and returns its identity. Fails with {@link ErrorCode#UNAUTHORIZED} if it is invalid or
     * revoked, and with {@link ErrorCode#BUSY} if its issuer's keys cannot be fetched now.
     */
    public Uni<Identity> verify(String token) {
        return verifyClaims(token).map(VerifiedToken::identity);
    }

    /** Verifies as {@link #verify} does, and returns all claims that the services read. */
    Uni<VerifiedToken> verifyClaims(String token) {
        return issuers.verify(token).call(verified -> rejectRevoked(verified.identity()));
    }

    private Uni<Void> rejectRevoked(Identity identity) {
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

    private static Request exists(String key) {
        return Request.cmd(Command.EXISTS).arg(key);
    }

    private static DoramiException unauthorized(String message) {
        return new DoramiException(ErrorCode.UNAUTHORIZED, message);
    }
}
