package io.dorami.service.security;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.SecurityIdentityAugmentor;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** Refuses over HTTP what {@link AccessTokenVerifier} refuses on sockets. */
@ApplicationScoped
class RevocationFilter implements SecurityIdentityAugmentor {

    private final AccessTokenVerifier tokens;

    RevocationFilter(AccessTokenVerifier tokens) {
        this.tokens = tokens;
    }

    @Override
    public Uni<SecurityIdentity> augment(SecurityIdentity identity, AuthenticationRequestContext context) {
        if (!(identity.getPrincipal() instanceof JsonWebToken token)) {
            return Uni.createFrom().item(identity);
        }
        return tokens.refuseRevoked(token)
                .onFailure()
                .transform(e -> new AuthenticationFailedException(e.getMessage(), e))
                .replaceWith(identity);
    }
}
