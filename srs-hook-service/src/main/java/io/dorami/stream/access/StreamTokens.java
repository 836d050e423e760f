package io.dorami.stream.access;

import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.runtime.DoramiConfig;
import io.dorami.signing.HmacSha256;
import io.dorami.stream.state.Stream;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.auth.principal.JWTParser;
import io.smallrye.jwt.auth.principal.ParseException;
import io.smallrye.jwt.build.Jwt;
import io.smallrye.jwt.build.JwtClaimsBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import javax.crypto.SecretKey;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Issues and verifies the tokens of a stream: a publish token allows publishing, a play token allows playing a private
 * stream. They are signed and expire, so that they are verified without a request to another service. Their type claim
 * prevents a publish token from being accepted as a play token, and either from being accepted as an access token.
 */
@ApplicationScoped
public class StreamTokens {

    private static final String PUBLISH_TYPE = "publish";
    private static final String PLAY_TYPE = "play";
    private static final String GENERATION_CLAIM = "gen";
    private static final Logger LOG = Logger.getLogger(StreamTokens.class);

    private final JWTParser parser;
    private final SecretKey signingKey;

    StreamTokens(JWTParser parser, DoramiConfig config) {
        this.parser = parser;
        this.signingKey = new HmacSha256(config.jwtSecret()).key();
    }

    /** The publish key to paste into the encoder: the stream key with a publish token. */
    public String publishKey(Stream stream) {
        return stream.key() + "?token=" + publishToken(stream.key(), stream.keyGeneration(), stream.expiresAt());
    }

    public String publishToken(StreamKey key, int generation, Instant expires) {
        return sign(Jwt.claim("type", PUBLISH_TYPE).claim(GENERATION_CLAIM, String.valueOf(generation)), key, expires);
    }

    public String playToken(StreamKey key, Instant expires) {
        return sign(Jwt.claim("type", PLAY_TYPE), key, expires);
    }

    /** The generation of the publish key; empty if the token is not a valid publish token of this stream. */
    public OptionalInt verifyPublishToken(String token, StreamKey key) {
        return parse(token, PUBLISH_TYPE, key).stream()
                .map(jwt -> jwt.<@Nullable String>getClaim(GENERATION_CLAIM))
                .mapToInt(generation -> generation == null ? 0 : Integer.parseInt(generation))
                .findFirst();
    }

    public boolean isValidPlayToken(String token, StreamKey key) {
        return parse(token, PLAY_TYPE, key).isPresent();
    }

    private String sign(JwtClaimsBuilder claims, StreamKey key, Instant expires) {
        return claims.subject(key.value())
                .expiresAt(expires)
                .jws()
                .algorithm(SignatureAlgorithm.HS256)
                .sign(signingKey);
    }

    private Optional<JsonWebToken> parse(String token, String type, StreamKey key) {
        try {
            JsonWebToken jwt = parser.parse(token);
            return type.equals(jwt.getClaim("type")) && key.value().equals(jwt.getSubject())
                    ? Optional.of(jwt)
                    : Optional.empty();
        } catch (ParseException e) {
            LOG.debugf("Token rejected: type=%s stream=%s cause=%s", type, key, e.getMessage());
            return Optional.empty();
        }
    }
}
