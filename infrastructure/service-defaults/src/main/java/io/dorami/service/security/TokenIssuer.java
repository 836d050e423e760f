package io.dorami.service.security;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import org.jose4j.keys.resolvers.VerificationKeyResolver;
import org.jose4j.lang.UnresolvableKeyException;

/** The rules for the tokens of one signer: its keys and algorithms, issuer, audience, and the claim of the role. */
final class TokenIssuer {

    static final Set<String> SHARED_SECRET_ALGORITHMS = Set.of(AlgorithmIdentifiers.HMAC_SHA256);

    static final Set<String> PUBLIC_KEY_ALGORITHMS =
            Set.of(AlgorithmIdentifiers.RSA_USING_SHA256, AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);

    private final JwtConsumer rules;
    private final String roleClaim;
    private final Duration clockSkew;

    private TokenIssuer(JwtConsumerBuilder rules, String roleClaim, Duration clockSkew) {
        this.rules = rules.setRequireExpirationTime()
                .setAllowedClockSkewInSeconds(Math.toIntExact(clockSkew.toSeconds()))
                .build();
        this.roleClaim = roleClaim;
        this.clockSkew = clockSkew;
    }

    /** Creates the rules for tokens that are signed with the platform's shared secret. */
    static TokenIssuer of(TokenConfig.SharedSecret config, VerificationKeyResolver secret, Duration clockSkew) {
        JwtConsumerBuilder rules = rules(secret, SHARED_SECRET_ALGORITHMS);
        config.issuer().ifPresent(rules::setExpectedIssuer);
        config.audience().ifPresentOrElse(names -> setAudience(rules, names), rules::setSkipDefaultAudienceValidation);
        return new TokenIssuer(rules, config.roleClaim(), clockSkew);
    }

    /** Creates the rules for the tokens of an issuer that publishes its keys. */
    static TokenIssuer of(TokenConfig.Issuer config, VerificationKeyResolver keys, Duration clockSkew) {
        JwtConsumerBuilder rules = rules(keys, PUBLIC_KEY_ALGORITHMS).setExpectedIssuer(config.issuer());
        config.audience().ifPresent(names -> setAudience(rules, names));
        return new TokenIssuer(rules, config.roleClaim(), clockSkew);
    }

    private static JwtConsumerBuilder rules(VerificationKeyResolver keys, Set<String> algorithms) {
        return new JwtConsumerBuilder()
                .setVerificationKeyResolver(keys)
                .setJwsAlgorithmConstraints(
                        new AlgorithmConstraints(ConstraintType.PERMIT, algorithms.toArray(String[]::new)));
    }

    private static void setAudience(JwtConsumerBuilder rules, Set<String> names) {
        rules.setExpectedAudience(names.toArray(String[]::new));
    }

    /**
     * Verifies a token; empty if the key with which it claims to be signed is not known.
     *
     * @param parsed the parsed token, of which nothing is verified yet
     * @throws DoramiException with {@link ErrorCode#UNAUTHORIZED} if the token is invalid
     */
    Optional<VerifiedToken> verify(JwtContext parsed) {
        try {
            rules.processContext(parsed);
            return Optional.of(VerifiedToken.of(parsed.getJwtClaims(), roleClaim, clockSkew));
        } catch (InvalidJwtException e) {
            if (e.getCause() instanceof UnresolvableKeyException) {
                return Optional.empty();
            }
            throw new DoramiException(
                    ErrorCode.UNAUTHORIZED, e.hasErrorCode(ErrorCodes.EXPIRED) ? "jwt expired" : "invalid token");
        }
    }
}
