package io.dorami.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/**
 * A token issuer's server: publishes the public keys that the test chooses as a JSON Web Key Set, and counts the
 * requests. The keys and signatures are real.
 */
public final class KeyServer implements AutoCloseable {

    private static final int RSA_BITS = 2048;

    private final HttpServer server;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile String response = "{\"keys\":[]}";
    private volatile boolean unresponsive;

    public KeyServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/keys.json", this::handle);
        server.start();
    }

    /** Creates a key for RS256. */
    public static PublicJsonWebKey newRsaKey(String id) {
        try {
            return withId(RsaJwkGenerator.generateJwk(RSA_BITS), id, AlgorithmIdentifiers.RSA_USING_SHA256);
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Creates a key for ES256. */
    public static PublicJsonWebKey newEcKey(String id) {
        try {
            return withId(
                    EcJwkGenerator.generateJwk(EllipticCurves.P256),
                    id,
                    AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PublicJsonWebKey withId(PublicJsonWebKey key, String id, String algorithm) {
        key.setKeyId(id);
        key.setAlgorithm(algorithm);
        key.setUse("sig");
        return key;
    }

    /** Signs with the algorithm of the key, whose id goes into the header. */
    public static String sign(JwtClaims claims, PublicJsonWebKey key) {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(key.getAlgorithm());
        signature.setKeyIdHeaderValue(key.getKeyId());
        signature.setKey(key.getPrivateKey());
        signature.setPayload(claims.toJson());
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Address of the key set. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/keys.json");
    }

    /** Replaces the published keys. */
    public void publish(PublicJsonWebKey... keys) {
        publishText(new JsonWebKeySet(keys).toJson(OutputControlLevel.PUBLIC_ONLY));
    }

    /** Replaces the response by any text. */
    public void publishText(String text) {
        response = text;
    }

    /** Makes the server close every connection without a response, or respond again. */
    public void setUnresponsive(boolean enabled) {
        unresponsive = enabled;
    }

    /** Number of requests so far, including those without a response. */
    public int requests() {
        return requests.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        if (!unresponsive) {
            byte[] body = response.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }
}
