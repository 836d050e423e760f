package io.dorami.stream;

import io.dorami.contracts.StreamKey;
import io.dorami.service.DoramiConfig;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.auth.principal.JWTParser;
import io.smallrye.jwt.auth.principal.ParseException;
import io.smallrye.jwt.build.Jwt;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jboss.logging.Logger;

/**
 * The secret half of a stream: who has it may publish. Signed and expiring, so that it is judged without asking anybody.
 * Its type keeps it from being taken for an access token, and the other way round.
 */
@ApplicationScoped
class PublishTokens {

    private static final String TYPE = "publish";
    private static final Logger LOG = Logger.getLogger(PublishTokens.class);

    private final JWTParser parser;
    private final SecretKeySpec secret;

    PublishTokens(JWTParser parser, DoramiConfig config) {
        this.parser = parser;
        this.secret = new SecretKeySpec(config.jwtSecret().getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    String issue(StreamKey key, Instant expires) {
        return Jwt.claim("type", TYPE)
                .subject(key.value())
                .expiresAt(expires)
                .jws()
                .algorithm(SignatureAlgorithm.HS256)
                .sign(secret);
    }

    boolean allows(String token, StreamKey key) {
        try {
            JsonWebToken jwt = parser.parse(token);
            return TYPE.equals(jwt.getClaim("type")) && key.value().equals(jwt.getSubject());
        } catch (ParseException e) {
            LOG.debugf("no publish token: %s", e.getMessage());
            return false;
        }
    }
}
