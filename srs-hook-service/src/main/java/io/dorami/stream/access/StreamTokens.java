package io.dorami.stream.access;

import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.runtime.DoramiConfig;
import io.dorami.stream.state.Stream;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.auth.principal.JWTParser;
import io.smallrye.jwt.auth.principal.ParseException;
import io.smallrye.jwt.build.Jwt;
import io.smallrye.jwt.build.JwtClaimsBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of a stream: who has the one may publish, who has the other may play a private stream. Signed and expiring,
 * so that they are judged without asking anybody. Their type keeps them from being taken for each other, or for an access
 * token.
 */
@ApplicationScoped
public class StreamTokens {

    private static final String PUBLISH = "publish";
    private static final String PLAY = "play";
    private static final String GENERATION = "gen";
    private static final Logger LOG = Logger.getLogger(StreamTokens.class);

    private final JWTParser parser;
    private final SecretKeySpec secret;

    StreamTokens(JWTParser parser, DoramiConfig config) {
        this.parser = parser;
        this.secret = new SecretKeySpec(config.jwtSecret().getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    /** What to paste into the encoder: the key, and the right to publish it. */
    public String publishKey(Stream stream) {
        return stream.key() + "?token=" + publishToken(stream.key(), stream.keyGeneration(), stream.expiresAt());
    }

    public String publishToken(StreamKey key, int generation, Instant expires) {
        return sign(Jwt.claim("type", PUBLISH).claim(GENERATION, String.valueOf(generation)), key, expires);
    }

    public String invitation(StreamKey key, Instant expires) {
        return sign(Jwt.claim("type", PLAY), key, expires);
    }

    /** The generation of the publish key, where the token is one of this stream. */
    public OptionalInt mayPublish(String token, StreamKey key) {
        return read(token, PUBLISH, key).stream()
                .map(jwt -> jwt.<@Nullable String>getClaim(GENERATION))
                .mapToInt(generation -> generation == null ? 0 : Integer.parseInt(generation))
                .findFirst();
    }

    public boolean mayPlay(String token, StreamKey key) {
        return read(token, PLAY, key).isPresent();
    }

    private String sign(JwtClaimsBuilder claims, StreamKey key, Instant expires) {
        return claims.subject(key.value())
                .expiresAt(expires)
                .jws()
                .algorithm(SignatureAlgorithm.HS256)
                .sign(secret);
    }

    private Optional<JsonWebToken> read(String token, String type, StreamKey key) {
        try {
            JsonWebToken jwt = parser.parse(token);
            return type.equals(jwt.getClaim("type")) && key.value().equals(jwt.getSubject())
                    ? Optional.of(jwt)
                    : Optional.empty();
        } catch (ParseException e) {
            LOG.debugf("no %s token: %s", type, e.getMessage());
            return Optional.empty();
        }
    }
}
