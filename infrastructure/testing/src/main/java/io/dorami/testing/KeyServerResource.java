package io.dorami.testing;

import io.dorami.contracts.User;
import io.dorami.signing.AccessToken;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;

/**
 * Gives a service under test a token issuer besides the shared secret, whose {@link KeyServer} is injected into the
 * test's fields. The service starts while the server gives no response.
 */
public final class KeyServerResource implements QuarkusTestResourceLifecycleManager {

    private static final String ISSUER = "https://login.example.com/";

    private @Nullable KeyServer server;

    /** Valid access token of the issuer, signed with the key. */
    public static String token(User user, PublicJsonWebKey key) {
        JwtClaims claims = AccessToken.of(user).claims();
        claims.setIssuer(ISSUER);
        return KeyServer.sign(claims, key);
    }

    @Override
    public Map<String, String> start() {
        KeyServer started = new KeyServer();
        started.setUnresponsive(true);
        server = started;
        return Map.of(
                "dorami.tokens.issuers.acme.jwks-url",
                started.address().toString(),
                "dorami.tokens.issuers.acme.issuer",
                ISSUER,
                "dorami.tokens.key-refresh-interval",
                "500MS");
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(server, new TestInjector.MatchesType(KeyServer.class));
    }

    @Override
    public void stop() {
        if (server != null) {
            server.close();
        }
    }
}
