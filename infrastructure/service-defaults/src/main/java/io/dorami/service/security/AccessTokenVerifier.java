package io.dorami.service.security;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.service.runtime.Timeouts;
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
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jboss.logging.Logger;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;

/**
 * Reads the platform's access tokens. The messages of its errors are those that the web client looks for before it
 * refreshes its token.
 */
@ApplicationScoped
public class AccessTokenVerifier {

    /** Longer than Redis ever takes in health; then signing in goes on without the question. */
    private static final Duration REVOCATION_TIMEOUT = Duration.ofSeconds(1);

    private static final String REVOKED = "token has been revoked";

    private static final Logger LOG = Logger.getLogger(AccessTokenVerifier.class);

    private final JWTParser parser;
    private final Redis redis;

    AccessTokenVerifier(JWTParser parser, Redis redis) {
        this.parser = parser;
        this.redis = redis;
    }

    /** Who the token speaks for; fails with {@link ErrorCode#UNAUTHORIZED} where it is not valid or was revoked. */
    public Uni<Identity> verify(String token) {
        return Uni.createFrom()
                .item(() -> parse(token))
                .call(this::refuseRevoked)
                .map(AccessTokenVerifier::identity);
    }

    private static Identity identity(JsonWebToken token) {
        String id = token.getTokenID();
        return new Identity(user(token), id == null ? "" : id, Instant.ofEpochSecond(token.getExpirationTime()));
    }

    /** The user of a token that was verified already. */
    static User user(JsonWebToken token) {
        String id = token.getClaim("userId");
        String name = token.getClaim("name");
        String role = token.getClaim("role");
        return new User(
                id == null ? String.valueOf(token.getSubject()) : id,
                name == null || name.isBlank() ? "Guest" : name,
                "ADMIN".equals(role) ? User.Role.ADMIN : User.Role.USER);
    }

    /** Fails where the token is no access token, or it or its user was revoked. */
    Uni<Void> refuseRevoked(JsonWebToken token) {
        String type = token.getClaim("type");
        if (type != null && !type.equals("access")) {
            return Uni.createFrom().failure(unauthorized("invalid token: not an access token"));
        }
        Identity identity = identity(token);
        return revoked(List.of(identity))
                .onFailure()
                .recoverWithItem(e -> {
                    // Signing in must go on while Redis restarts: a revoked user gains seconds, everybody else an
                    // outage.
                    LOG.warnf("Revocation is not known: %s", e);
                    return Map.of();
                })
                .invoke(why -> {
                    if (why.containsKey(identity)) {
                        throw unauthorized(why.get(identity));
                    }
                })
                .replaceWithVoid();
    }

    /** Those who may not be spoken for any more, each with why; three EXISTS for each, in one pipeline. */
    public Uni<Map<Identity, String>> revoked(List<Identity> identities) {
        List<Request> questions = new ArrayList<>();
        for (Identity identity : identities) {
            revocations(identity).keySet().forEach(key -> questions.add(exists(key)));
        }
        return Timeouts.within(REVOCATION_TIMEOUT, redis.batch(questions)).map(answers -> {
            Map<Identity, String> why = new HashMap<>();
            Iterator<Response> answer = answers.iterator();
            for (Identity identity : identities) {
                revocations(identity).forEach((key, message) -> {
                    if (answer.next().toInteger() == 1) {
                        why.put(identity, message);
                    }
                });
            }
            return why;
        });
    }

    /** Why the identity may not be spoken for any more, once this key is there; nothing where the key is about others. */
    public static Optional<String> revokedBy(Identity identity, String key) {
        return Optional.ofNullable(revocations(identity).get(key));
    }

    /** The keys that revoke the identity, each with what the web client is told. */
    private static Map<String, String> revocations(Identity identity) {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put(RedisKeys.blacklist(identity.tokenId()), REVOKED);
        keys.put(RedisKeys.blacklist(identity.user().id()), REVOKED);
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
