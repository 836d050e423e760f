package io.dorami.service.security;

import io.dorami.contracts.User;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.CurrentIdentityAssociation;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.RequestScoped;
import java.util.Optional;
import org.eclipse.microprofile.jwt.Claims;
import org.eclipse.microprofile.jwt.JsonWebToken;

/**
 * The caller of a request. Read it before any asynchronous step, because later steps are outside of the request's
 * scope.
 */
@RequestScoped
public class CurrentUser {

    private final JsonWebToken token;
    private final CurrentIdentityAssociation identity;

    CurrentUser(JsonWebToken token, CurrentIdentityAssociation identity) {
        this.token = token;
        this.identity = identity;
    }

    /** Returns the user. Only for endpoints that require a signed-in user. */
    public User get() {
        return AccessTokenVerifier.userOf(token);
    }

    /** Returns the e-mail address of the user, empty if the token has none. Only for the user and for admins to see. */
    public String email() {
        return token.<String>claim(Claims.email).orElse("");
    }

    /**
     * Returns the user, or empty for a guest. Only for endpoints that allow guests. A caller with an invalid token
     * counts as a guest, because the page always sends its cookie.
     */
    public Uni<Optional<User>> getOptional() {
        return identity.getDeferredIdentity()
                .map(caller -> caller.getPrincipal() instanceof JsonWebToken signedIn
                        ? Optional.of(AccessTokenVerifier.userOf(signedIn))
                        : Optional.<User>empty())
                .onFailure(AuthenticationFailedException.class)
                .recoverWithItem(Optional.empty());
    }
}
