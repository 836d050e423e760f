package io.dorami.service.security;

import io.dorami.contracts.User;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.CurrentIdentityAssociation;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.RequestScoped;
import java.util.Optional;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** Who calls. To be asked before anything is waited for: what comes after is not in the request's scope any more. */
@RequestScoped
public class CurrentUser {

    private final JsonWebToken token;
    private final CurrentIdentityAssociation identity;

    CurrentUser(JsonWebToken token, CurrentIdentityAssociation identity) {
        this.token = token;
        this.identity = identity;
    }

    /** Only where the endpoint asks for a signed-in user. */
    public User get() {
        return AccessTokenVerifier.user(token);
    }

    /** Where guests may call too; a token that is not valid makes a guest, for the page sends its cookie unasked. */
    public Uni<Optional<User>> orGuest() {
        return identity.getDeferredIdentity()
                .map(found -> found.getPrincipal() instanceof JsonWebToken signedIn
                        ? Optional.of(AccessTokenVerifier.user(signedIn))
                        : Optional.<User>empty())
                .onFailure(AuthenticationFailedException.class)
                .recoverWithItem(Optional.empty());
    }
}
