package io.dorami.service.security;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.service.runtime.DoramiConfig;
import io.dorami.service.runtime.PeriodicTask;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import org.jose4j.keys.HmacKey;

/**
 * Verifies an access token by the rules of its signer. The token's algorithm chooses between the shared secret (HS256)
 * and the issuers' published keys (RS256, ES256), so that no published key is ever used as a secret; the token's
 * {@code iss} chooses the issuer. A token with a key that is not known waits until the issuer's keys have been fetched.
 */
@ApplicationScoped
class TokenIssuers {

    /** Twice the size of the largest cookie. Tokens of a few claims have 500 characters. */
    private static final int MAX_TOKEN_LENGTH = 8 * 1024;

    /** Reads a token before its signer is known. */
    private static final JwtConsumer PARSER = new JwtConsumerBuilder()
            .setSkipAllValidators()
            .setDisableRequireSignature()
            .setSkipSignatureVerification()
            .build();

    private final Optional<TokenIssuer> sharedSecret;
    private final Map<String, PublicKeyIssuer> publicKeyIssuers = new HashMap<>();
    private final Duration keyRefreshInterval;

    private record PublicKeyIssuer(TokenIssuer issuer, RemoteKeys keys) {}

    TokenIssuers(
            TokenConfig config,
            DoramiConfig sharedConfig,
            Vertx vertx,
            @ConfigProperty(name = "mp.jwt.verify.clock.skew") int clockSkewSeconds) {
        if (!config.sharedSecret().enabled() && config.issuers().isEmpty()) {
            throw new IllegalArgumentException("No token can be valid: set dorami.tokens.shared-secret.enabled=true, or"
                    + " configure an issuer in dorami.tokens.issuers");
        }
        Duration clockSkew = Duration.ofSeconds(clockSkewSeconds);
        HmacKey secret = new HmacKey(sharedConfig.jwtSecret().getBytes(StandardCharsets.UTF_8));
        sharedSecret = config.sharedSecret().enabled()
                ? Optional.of(TokenIssuer.of(config.sharedSecret(), (signature, nested) -> secret, clockSkew))
                : Optional.empty();
        config.issuers().forEach((name, issuer) -> {
            RemoteKeys keys = new RemoteKeys(name, issuer.jwksUrl(), vertx);
            PublicKeyIssuer added = new PublicKeyIssuer(TokenIssuer.of(issuer, keys, clockSkew), keys);
            if (publicKeyIssuers.put(issuer.issuer(), added) != null) {
                throw new IllegalArgumentException("dorami.tokens.issuers: two have the issuer " + issuer.issuer()
                        + "; expected one issuer for each text of iss");
            }
        });
        keyRefreshInterval = config.keyRefreshInterval();
    }

    /** Starts to fetch keys. Does not wait for them, so that a service starts while an issuer cannot be reached. */
    void start(@Observes StartupEvent event) {
        publicKeyIssuers
                .values()
                .forEach(issuer -> PeriodicTask.start(
                        "token keys of " + issuer.keys.name(), keyRefreshInterval, issuer.keys::fetch));
    }

    /**
     * Verifies the token. Fails with {@link ErrorCode#UNAUTHORIZED} if the token is invalid, and with
     * {@link ErrorCode#BUSY} if its key is not known and the issuer's keys cannot be fetched now.
     */
    Uni<VerifiedToken> verify(String token) {
        return Uni.createFrom().deferred(() -> {
            JwtContext parsed = parse(token);
            if (TokenIssuer.SHARED_SECRET_ALGORITHMS.contains(algorithm(parsed))) {
                return Uni.createFrom()
                        .item(sharedSecret
                                .flatMap(issuer -> issuer.verify(parsed))
                                .orElseThrow(TokenIssuers::invalid));
            }
            PublicKeyIssuer signer = publicKeyIssuer(parsed);
            return signer.issuer
                    .verify(parsed)
                    .map(verified -> Uni.createFrom().item(verified))
                    .orElseGet(() -> signer.keys
                            .awaitFetch()
                            .map(fetched -> signer.issuer.verify(parse(token)).orElseThrow(TokenIssuers::invalid)));
        });
    }

    private PublicKeyIssuer publicKeyIssuer(JwtContext parsed) {
        try {
            PublicKeyIssuer signer = publicKeyIssuers.get(parsed.getJwtClaims().getIssuer());
            // An algorithm that is not allowed must not make a caller wait for keys.
            if (signer == null || !TokenIssuer.PUBLIC_KEY_ALGORITHMS.contains(algorithm(parsed))) {
                throw invalid();
            }
            return signer;
        } catch (MalformedClaimException e) {
            throw invalid();
        }
    }

    private static String algorithm(JwtContext parsed) {
        return String.valueOf(parsed.getJoseObjects().getFirst().getAlgorithmHeaderValue());
    }

    private static JwtContext parse(String token) {
        try {
            if (token.length() > MAX_TOKEN_LENGTH) {
                throw invalid();
            }
            return PARSER.process(token);
        } catch (InvalidJwtException e) {
            throw invalid();
        }
    }

    private static DoramiException invalid() {
        return new DoramiException(ErrorCode.UNAUTHORIZED, "invalid token");
    }
}
