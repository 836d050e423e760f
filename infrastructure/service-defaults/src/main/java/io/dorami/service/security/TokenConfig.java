package io.dorami.service.security;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The signers of access tokens: the platform's shared secret, and issuers that publish their keys. */
@ConfigMapping(prefix = "dorami.tokens")
public interface TokenConfig {

    /** The key that the platform shares, {@code dorami.jwt-secret}. */
    SharedSecret sharedSecret();

    /**
     * The issuers of tokens signed with RS256 or ES256, each by a name for the log. Each of them can sign a token
     * of any user and of any admin.
     */
    Map<String, Issuer> issuers();

    /**
     * The interval at which an issuer's keys are fetched. A key that the issuer has withdrawn is accepted for this time
     * at most, while its address answers. A key that is new is fetched when the first token needs it.
     */
    @WithDefault("5M")
    Duration keyRefreshInterval();

    interface SharedSecret {

        /**
         * Accepts access tokens signed with the shared secret (HS256). Without them only the issuers' tokens are
         * accepted, and the development sign-in has no effect. The secret still signs publish and recovery tokens.
         */
        @WithDefault("true")
        boolean enabled();

        /** The {@code iss} that a token must have. Without this key, any is accepted, and none. */
        Optional<String> issuer();

        /** The audiences of which a token must name one in {@code aud}. Without this key, any are accepted, and none. */
        Optional<Set<String>> audience();

        /** The claim that holds the user's role: see {@link Issuer#roleClaim()}. */
        @WithDefault("role")
        String roleClaim();
    }

    interface Issuer {

        /**
         * The address of the issuer's keys, a JSON Web Key Set. Use https unless the network is trusted, because
         * an attacker who changes the answer can sign tokens.
         */
        URI jwksUrl();

        /** The {@code iss} of the issuer's tokens, compared as a text, so that a slash at the end counts. */
        String issuer();

        /**
         * The audiences of which a token must name one in {@code aud}. Set this if the issuer serves other applications,
         * because their tokens are refused by it. Without this key, a token that names an audience is refused.
         */
        Optional<Set<String>> audience();

        /**
         * The claim that holds the user's role, a text or a list of texts. {@code ADMIN} makes an admin, anything else a
         * user.
         */
        @WithDefault("role")
        String roleClaim();
    }
}
