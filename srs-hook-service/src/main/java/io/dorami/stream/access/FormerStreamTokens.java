package io.dorami.stream.access;

import io.dorami.contracts.keys.StreamKey;
import io.smallrye.jwt.auth.principal.JWTParser;
import io.smallrye.jwt.auth.principal.ParseException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.OptionalInt;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jboss.logging.Logger;

/**
 * Verifies the signed JWTs that the previous version issued as stream tokens, because sellers have copied them for
 * shows of the coming days, and encoders reconnect with them. This class is removed a release later.
 */
@ApplicationScoped
class FormerStreamTokens {

    private static final String TYPE_CLAIM = "type";
    private static final String GENERATION_CLAIM = "gen";
    private static final Logger LOG = Logger.getLogger(FormerStreamTokens.class);

    private final JWTParser parser;

    FormerStreamTokens(JWTParser parser) {
        this.parser = parser;
    }

    /** The generation of the publish key; empty if the token is not a valid publish token of this stream. */
    OptionalInt verifyPublishToken(String token, StreamKey key) {
        return parse(token, "publish", key)
                .flatMap(jwt -> jwt.<String>claim(GENERATION_CLAIM))
                .map(generation -> OptionalInt.of(Integer.parseInt(generation)))
                .orElse(OptionalInt.empty());
    }

    boolean isValidPlayToken(String token, StreamKey key) {
        return parse(token, "play", key).isPresent();
    }

    private Optional<JsonWebToken> parse(String token, String type, StreamKey key) {
        try {
            return Optional.of(parser.parse(token))
                    .filter(jwt ->
                            type.equals(jwt.getClaim(TYPE_CLAIM)) && key.value().equals(jwt.getSubject()));
        } catch (ParseException e) {
            LOG.debugf("Token rejected: type=%s stream=%s cause=%s", type, key, e.getMessage());
            return Optional.empty();
        }
    }
}
