package io.dorami.service.security;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.TokenAuthenticationRequest;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Authenticates HTTP requests by {@link AccessTokenVerifier}. SmallRye JWT finds the token in the request; its own
 * verification, which knows one signer and waits for keys on the thread, comes later in order and is never reached.
 */
@ApplicationScoped
class AccessTokenIdentityProvider implements IdentityProvider<TokenAuthenticationRequest> {

    /** Name of the attribute with the user's e-mail address. */
    static final String EMAIL = "email";

    /** Above the default, which SmallRye JWT's own provider has. */
    private static final int PRIORITY = SYSTEM_FIRST + 2;

    private final AccessTokenVerifier verifier;

    AccessTokenIdentityProvider(AccessTokenVerifier verifier) {
        this.verifier = verifier;
    }

    @Override
    public Class<TokenAuthenticationRequest> getRequestType() {
        return TokenAuthenticationRequest.class;
    }

    @Override
    public int priority() {
        return PRIORITY;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(
            TokenAuthenticationRequest request, AuthenticationRequestContext context) {
        return verifier.verifyClaims(request.getToken().getToken())
                .onFailure(e -> e instanceof DoramiException rejected && rejected.code() == ErrorCode.UNAUTHORIZED)
                .transform(e -> new AuthenticationFailedException(e.getMessage(), e))
                .map(token -> QuarkusSecurityIdentity.builder()
                        .setPrincipal(token.identity())
                        .addCredential(request.getToken())
                        .addRole(token.identity().user().role().name())
                        .addAttribute(EMAIL, token.email())
                        .build());
    }
}
