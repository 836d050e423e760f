package io.dorami.service.security;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.SecurityIdentityAugmentor;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** Applies the revocation check of {@link AccessTokenVerifier} to HTTP requests. */
@ApplicationScoped
class RevocationFilter implements SecurityIdentityAugmentor {

    private final AccessTokenVerifier verifier;

    RevocationFilter(AccessTokenVerifier verifier) {
        this.verifier = verifier;
    }

    @Override
    public Uni<SecurityIdentity> augment(SecurityIdentity identity, AuthenticationRequestContext context) {
        if (!(identity.getPrincipal() instanceof JsonWebToken token)) {
            return Uni.createFrom().item(identity);
        }
        return verifier.rejectRevoked(token)
                .onFailure()
                .transform(e -> new AuthenticationFailedException(e.getMessage(), e))
                .replaceWith(identity);
    }
}
