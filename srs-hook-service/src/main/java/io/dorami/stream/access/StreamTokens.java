package io.dorami.stream.access;

import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.runtime.DoramiConfig;
import io.dorami.signing.HmacSha256;
import io.dorami.stream.state.Stream;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.OptionalInt;

/**
 * Issues and verifies the tokens of a stream: a publish token allows publishing, a play token allows playing a private
 * stream. They are signed and expire, so that they are verified without a request to another service. Each type has a
 * key of its own, derived from the platform's secret, so that neither is valid as the other or as an access token.
 *
 * <p>A token has 24 bytes, which are 32 characters: 4 bytes for the generation, 4 for the expiry in seconds, and the
 * first 16 bytes of an HMAC-SHA256 of both and the stream key. A signed JWT would have over 200 characters, and
 * encoders accept addresses of only 128 to 255.
 */
@ApplicationScoped
public class StreamTokens {

    /** 128 bits: a forger would need more attempts than SRS can receive hooks. */
    private static final int SIGNATURE_BYTES = 16;

    private static final int CLAIM_BYTES = 2 * Integer.BYTES;
    private static final int TOKEN_BYTES = CLAIM_BYTES + SIGNATURE_BYTES;

    /** 32 bits of seconds last until 2106. */
    private static final long MAX_EXPIRY_SECONDS = 0xFFFF_FFFFL;

    private final FormerStreamTokens formerTokens;
    private final HmacSha256 publishSigner;
    private final HmacSha256 playSigner;

    StreamTokens(FormerStreamTokens formerTokens, DoramiConfig config) {
        this.formerTokens = formerTokens;
        HmacSha256 secret = new HmacSha256(config.jwtSecret());
        this.publishSigner = secret.deriveKey("stream publish");
        this.playSigner = secret.deriveKey("stream play");
    }

    /** The publish key to paste into the encoder: the stream key with a publish token. */
    public String publishKey(Stream stream) {
        return stream.key() + "?token=" + publishToken(stream);
    }

    public String publishToken(Stream stream) {
        return publishToken(stream.key(), stream.keyGeneration(), stream.expiresAt());
    }

    public String publishToken(StreamKey key, int generation, Instant expires) {
        return sign(publishSigner, key, generation, expires.getEpochSecond());
    }

    public String playToken(StreamKey key, Instant expires) {
        return sign(playSigner, key, 0, expires.getEpochSecond());
    }

    /** The generation of the publish key; empty if the token is not a valid publish token of this stream. */
    public OptionalInt verifyPublishToken(String token, StreamKey key) {
        OptionalInt generation = verify(publishSigner, token, key);
        return generation.isPresent() ? generation : formerTokens.verifyPublishToken(token, key);
    }

    public boolean isValidPlayToken(String token, StreamKey key) {
        return verify(playSigner, token, key).isPresent() || formerTokens.isValidPlayToken(token, key);
    }

    private static String sign(HmacSha256 signer, StreamKey key, int generation, long expirySeconds) {
        byte[] claims = ByteBuffer.allocate(CLAIM_BYTES)
                .putInt(generation)
                .putInt((int) Math.min(expirySeconds, MAX_EXPIRY_SECONDS))
                .array();
        byte[] signature = signer.sign(claims, key.value().getBytes(StandardCharsets.UTF_8));
        byte[] token = ByteBuffer.allocate(TOKEN_BYTES)
                .put(claims)
                .put(signature, 0, SIGNATURE_BYTES)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /** Returns the token's generation. */
    private static OptionalInt verify(HmacSha256 signer, String token, StreamKey key) {
        ByteBuffer claims;
        try {
            claims = ByteBuffer.wrap(Base64.getUrlDecoder().decode(token));
        } catch (IllegalArgumentException e) {
            return OptionalInt.empty();
        }
        if (claims.remaining() != TOKEN_BYTES) {
            return OptionalInt.empty();
        }
        int generation = claims.getInt();
        long expirySeconds = Integer.toUnsignedLong(claims.getInt());
        boolean isValid = HmacSha256.isEqual(sign(signer, key, generation, expirySeconds), token)
                && expirySeconds > Instant.now().getEpochSecond();
        return isValid ? OptionalInt.of(generation) : OptionalInt.empty();
    }
}
