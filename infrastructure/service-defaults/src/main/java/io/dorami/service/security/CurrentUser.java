package io.dorami.service.security;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.CurrentIdentityAssociation;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.RequestScoped;
import java.util.Optional;

/**
 * The caller of a request. Read it before any asynchronous step, because later steps are outside of the request's
 * scope.
 */
@RequestScoped
public class CurrentUser {

    private final CurrentIdentityAssociation caller;

    CurrentUser(CurrentIdentityAssociation caller) {
        this.caller = caller;
    }

    /** Returns the user. Only for endpoints that require a signed-in user. */
    public User get() {
        return userOf(caller.getIdentity()).orElseThrow();
    }

    /** Returns the e-mail address of the user, empty if the token has none. Only for the user and for admins to see. */
    public String email() {
        return caller.getIdentity().getAttribute(AccessTokenIdentityProvider.EMAIL);
    }

    /**
     * Returns the user, or empty for a guest. Only for endpoints that allow guests. A caller with an invalid token
     * counts as a guest, because the page always sends its cookie, and so does one whose token cannot be verified now.
     */
    public Uni<Optional<User>> getOptional() {
        return caller.getDeferredIdentity()
                .map(CurrentUser::userOf)
                .onFailure(e -> e instanceof AuthenticationFailedException || e instanceof DoramiException)
                .recoverWithItem(Optional.empty());
    }

    private static Optional<User> userOf(SecurityIdentity caller) {
        return caller.getPrincipal() instanceof Identity identity ? Optional.of(identity.user()) : Optional.empty();
    }
}
