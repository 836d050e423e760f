package io.dorami.service.security;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.service.text.TextCleaner;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jspecify.annotations.Nullable;

/**
 * The content of an access token whose signature, issuer, audience and times are valid.
 *
 * @param email the user's e-mail address, empty if the token has none
 */
record VerifiedToken(Identity identity, String email) {

    /** Name of a user whose token has none. */
    private static final String UNNAMED = "Guest";

    private static final String ADMIN = User.Role.ADMIN.name();

    /**
     * Reads the platform's claims, which are the same for all issuers but for the role's name.
     *
     * @throws DoramiException with {@link ErrorCode#UNAUTHORIZED} if the token is not an access token of a user
     */
    static VerifiedToken of(JwtClaims claims, String roleClaim, Duration clockSkew) {
        try {
            String type = claims.getStringClaimValue("type");
            if (type != null && !type.equals("access")) {
                throw unauthorized("invalid token: not an access token");
            }
            String id = claims.getStringClaimValue("userId");
            User user = new User(
                    textOrEmpty(id == null ? claims.getSubject() : id),
                    displayName(claims.getStringClaimValue("name")),
                    isAdmin(claims.getClaimValue(roleClaim)) ? User.Role.ADMIN : User.Role.USER);
            Instant expiresAt = Instant.ofEpochSecond(claims.getExpirationTime().getValue());
            return new VerifiedToken(
                    new Identity(user, textOrEmpty(claims.getJwtId()), expiresAt.plus(clockSkew)),
                    textOrEmpty(claims.getStringClaimValue("email")));
        } catch (MalformedClaimException e) {
            throw unauthorized("invalid token: a claim has the wrong type");
        }
    }

    /** Cleans the name here, where every service reads it. A name without visible characters is no reason to refuse. */
    private static String displayName(@Nullable String name) {
        String cleaned = name == null ? "" : TextCleaner.truncate(TextCleaner.cleanLine(name), User.MAX_NAME_LENGTH);
        return cleaned.isEmpty() ? UNNAMED : cleaned;
    }

    private static boolean isAdmin(@Nullable Object role) {
        return role instanceof Collection<?> roles ? roles.contains(ADMIN) : ADMIN.equals(role);
    }

    private static String textOrEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static DoramiException unauthorized(String message) {
        return new DoramiException(ErrorCode.UNAUTHORIZED, message);
    }
}
