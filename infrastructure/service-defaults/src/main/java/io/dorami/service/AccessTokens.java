package io.dorami.service;

import io.dorami.contracts.DoramiException;
import io.dorami.contracts.ErrorCode;
import io.dorami.contracts.Topics;
import io.dorami.contracts.User;
import io.smallrye.jwt.auth.principal.JWTParser;
import io.smallrye.jwt.auth.principal.ParseException;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jboss.logging.Logger;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;

/**
 * Reads the platform's access tokens. The messages of its errors are those that the web client looks for before it
 * refreshes its token.
 */
@ApplicationScoped
public class AccessTokens {

    /** Longer than Redis ever takes in health; then signing in goes on without the question. */
    private static final Duration REVOCATION_TIMEOUT = Duration.ofSeconds(1);

    private static final Logger LOG = Logger.getLogger(AccessTokens.class);

    private final JWTParser parser;
    private final Redis redis;

    AccessTokens(JWTParser parser, Redis redis) {
        this.parser = parser;
        this.redis = redis;
    }

    /** Who the token speaks for; fails with {@link ErrorCode#UNAUTHORIZED} where it is not valid or was revoked. */
    public Uni<Identity> verify(String token) {
        return Uni.createFrom()
                .item(() -> parse(token))
                .call(this::refuseRevoked)
                .map(AccessTokens::identity);
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
        String userId = user(token).id();
        return redis.batch(List.of(
                        exists(Topics.blacklist(String.valueOf(token.getTokenID()))),
                        exists(Topics.blacklist(userId)),
                        exists(Topics.suspended(userId))))
                .ifNoItem()
                .after(REVOCATION_TIMEOUT)
                .fail()
                .onFailure()
                .recoverWithItem(e -> {
                    // Signing in must go on while Redis restarts: a revoked user gains seconds, everybody else an
                    // outage.
                    LOG.warnf("Revocation is not known: %s", e);
                    return List.of();
                })
                .invoke(answers -> {
                    if (answers.isEmpty()) {
                        return;
                    }
                    if (answers.get(2).toInteger() == 1) {
                        throw unauthorized("account is suspended");
                    }
                    if (answers.get(0).toInteger() + answers.get(1).toInteger() > 0) {
                        throw unauthorized("token has been revoked");
                    }
                })
                .replaceWithVoid();
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
