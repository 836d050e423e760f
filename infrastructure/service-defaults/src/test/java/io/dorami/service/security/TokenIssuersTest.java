package io.dorami.service.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.service.runtime.DoramiConfig;
import io.dorami.signing.AccessToken;
import io.dorami.testing.KeyServer;
import io.dorami.testing.TestSecrets;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests tokens of the shared secret and of issuers, whose keys a real server publishes. */
class TokenIssuersTest {

    private static final String ISSUER = "https://login.example.com/";
    private static final String AUDIENCE = "dorami";
    private static final User KIM = new User("kim", "Kim", User.Role.ADMIN);

    private static final PublicJsonWebKey RSA = KeyServer.newRsaKey("rsa-1");
    private static final PublicJsonWebKey EC = KeyServer.newEcKey("ec-1");
    private static final PublicJsonWebKey NEXT = KeyServer.newRsaKey("rsa-2");

    private static final Vertx VERTX = Vertx.vertx();

    private final KeyServer server = new KeyServer();
    private final Map<String, String> settings = new HashMap<>(Map.of(
            "dorami.tokens.issuers.acme.jwks-url", server.address().toString(),
            "dorami.tokens.issuers.acme.issuer", ISSUER,
            "dorami.tokens.issuers.acme.audience", AUDIENCE));

    /** Loads the classes of the client, which takes seconds on a busy machine. */
    @BeforeAll
    static void warmUp() {
        try (KeyServer other = new KeyServer()) {
            other.publish(EC);
            RemoteKeys keys = new RemoteKeys("warm-up", other.address(), VERTX);
            Uni.createFrom()
                    .deferred(keys::fetch)
                    .onFailure()
                    .retry()
                    .atMost(5)
                    .await()
                    .indefinitely();
        }
    }

    @AfterEach
    void close() {
        server.close();
    }

    @AfterAll
    static void closeVertx() {
        VERTX.closeAndAwait();
    }

    @Test
    void tokensOfSecretAndOfBothKeyTypes_areAccepted() {
        server.publish(RSA, EC);
        TokenIssuers issuers = issuers();
        for (String token : List.of(AccessToken.of(KIM).sign(TestSecrets.JWT), signed(RSA), signed(EC))) {
            VerifiedToken verified = verify(issuers, token);
            assertThat(verified.identity().user()).isEqualTo(KIM);
            assertThat(verified.identity().tokenId()).isNotEmpty();
            assertThat(verified.email()).isEqualTo("kim@example.com");
        }
        assertThat(server.requests()).isEqualTo(1);
    }

    @Test
    void keysAreRotatedWithoutRestart() {
        server.publish(RSA);
        TokenIssuers issuers = issuers();
        verify(issuers, signed(RSA));

        server.publish(RSA, NEXT);
        verify(issuers, signed(NEXT));
        verify(issuers, signed(RSA));
        assertThat(server.requests()).isEqualTo(2);

        server.publish(NEXT);
        rejects(issuers, signed(EC), "invalid token"); // the fetch for this unknown key brings the withdrawal
        rejects(issuers, signed(RSA), "invalid token");
        verify(issuers, signed(NEXT));
    }

    @Test
    void tokenSignedWithPublicKeyAsSecret_isRejected() {
        server.publish(RSA);
        TokenIssuers issuers = issuers();
        verify(issuers, signed(RSA));

        byte[] encoded = RSA.getPublicKey().getEncoded();
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        String pem = "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n";
        for (byte[] secret : List.of(encoded, bytes(pem), bytes(pem.strip()), bytes(base64))) {
            rejects(issuers, signedWith(AlgorithmIdentifiers.HMAC_SHA256, new HmacKey(secret)), "invalid token");
        }
        settings.put("dorami.tokens.shared-secret.enabled", "false");
        TokenIssuers withoutSecret = issuers();
        rejects(withoutSecret, signedWith(AlgorithmIdentifiers.HMAC_SHA256, new HmacKey(encoded)), "invalid token");
    }

    @Test
    void algorithmOutsideTheList_isRejectedWithoutFetch() {
        server.publish(RSA);
        TokenIssuers issuers = issuers();
        Key key = RSA.getPrivateKey();
        rejects(issuers, signedWith(AlgorithmIdentifiers.RSA_USING_SHA512, key), "invalid token");
        rejects(issuers, signedWith(AlgorithmIdentifiers.RSA_PSS_USING_SHA256, key), "invalid token");
        assertThat(server.requests()).isZero();
    }

    @Test
    void unsignedToken_isRejected() {
        server.publish(RSA);
        TokenIssuers issuers = issuers();
        for (String algorithm : List.of("none", "None", "")) {
            String header = "{\"alg\":\"" + algorithm + "\",\"kid\":\"rsa-1\"}";
            rejects(issuers, base64(header) + '.' + base64(claims().toJson()) + '.', "invalid token");
        }
        String[] parts = signed(RSA).split("\\.", -1);
        rejects(issuers, parts[0] + '.' + parts[1] + '.', "invalid token");
    }

    @Test
    void changedTokenAndGarbage_areRejected() {
        server.publish(RSA);
        TokenIssuers issuers = issuers();
        String[] parts = signed(RSA).split("\\.", -1);
        JwtClaims other = claims();
        other.setStringClaim("userId", "lee");
        rejects(issuers, parts[0] + '.' + base64(other.toJson()) + '.' + parts[2], "invalid token");
        rejects(issuers, "a.b.c", "invalid token");
        rejects(issuers, "", "invalid token");
        rejects(issuers, "x".repeat(9_000), "invalid token");
    }

    @Test
    void wrongIssuerOrAudience_isRejected() {
        server.publish(RSA);
        TokenIssuers issuers = issuers();
        rejects(issuers, signed(RSA, claims -> withIssuer(claims, "https://login.example.com")), "invalid token");
        rejects(issuers, signed(RSA, claims -> withIssuer(claims, null)), "invalid token");
        rejects(issuers, signed(RSA, claims -> withAudience(claims, "another-shop")), "invalid token");
        rejects(issuers, signed(RSA, claims -> withAudience(claims)), "invalid token");
        verify(issuers, signed(RSA, claims -> withAudience(claims, "another-shop", AUDIENCE)));
    }

    @Test
    void withoutConfiguredAudience_tokenMustNameNone() {
        settings.remove("dorami.tokens.issuers.acme.audience");
        server.publish(RSA);
        TokenIssuers issuers = issuers();
        verify(issuers, signed(RSA, claims -> withAudience(claims)));
        rejects(issuers, signed(RSA), "invalid token");
    }

    @Test
    void keysOfOneIssuerSignNoTokensOfAnother() {
        try (KeyServer second = new KeyServer()) {
            settings.put("dorami.tokens.issuers.beta.jwks-url", second.address().toString());
            settings.put("dorami.tokens.issuers.beta.issuer", "beta");
            settings.put("dorami.tokens.issuers.beta.role-claim", "https://beta.example.com/roles");
            server.publish(RSA);
            second.publish(EC);
            TokenIssuers issuers = issuers();

            UnaryOperator<JwtClaims> ofBeta = claims -> withAudience(withIssuer(claims, "beta"));
            User seller = verify(issuers, signed(EC, ofBeta)).identity().user();
            assertThat(seller.isAdmin()).as("by the claim role").isFalse();
            assertThat(verify(issuers, signed(EC, claims -> {
                                JwtClaims own = ofBeta.apply(claims);
                                own.setStringListClaim("https://beta.example.com/roles", "ADMIN");
                                return own;
                            }))
                            .identity()
                            .user()
                            .isAdmin())
                    .isTrue();
            rejects(issuers, signed(RSA, ofBeta), "invalid token");
            rejects(issuers, signed(EC), "invalid token");
        }
    }

    @Test
    void expiredToken_isNamedSo() {
        server.publish(RSA);
        TokenIssuers issuers = issuers();
        rejects(
                issuers,
                signed(RSA, claims -> withExpiry(claims, NumericDate.now().getValue() - 2)),
                "jwt expired");
        rejects(
                issuers,
                signed(RSA, claims -> {
                    claims.unsetClaim("exp");
                    return claims;
                }),
                "invalid token");
    }

    @Test
    void randomKeyIdsCauseFewFetches() {
        server.publish(RSA);
        TokenIssuers issuers = issuers();
        long start = System.nanoTime();
        List<CompletableFuture<VerifiedToken>> attacks = IntStream.range(0, 500)
                .mapToObj(i -> issuers.verify(unknownKeyToken("random-" + i)).subscribeAsCompletionStage())
                .toList();
        assertThat(attacks)
                .allSatisfy(attack -> assertThatThrownBy(attack::join).hasRootCauseMessage("invalid token"));
        for (int i = 0; i < 2; i++) {
            rejects(issuers, unknownKeyToken("late-" + i), "invalid token");
        }
        long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
        assertThat(server.requests()).isBetween(3, (int) seconds / 2 + 1);
        verify(issuers, signed(RSA));
    }

    @Test
    void unreachableServer_leavesKnownKeysAndAsksToRetry() {
        server.publish(RSA);
        TokenIssuers issuers = issuers();
        verify(issuers, signed(RSA));

        server.setUnresponsive(true);
        assertThatThrownBy(() -> verify(issuers, signed(NEXT)))
                .isInstanceOfSatisfying(
                        DoramiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY))
                .hasMessageContaining("authentication failed");
        verify(issuers, signed(RSA));

        server.setUnresponsive(false);
        server.publish(NEXT);
        verify(issuers, signed(NEXT));
    }

    @Test
    void responseWithoutKeys_leavesKnownKeys() {
        server.publish(RSA);
        TokenIssuers issuers = issuers();
        verify(issuers, signed(RSA));
        for (String response :
                List.of("<html>Maintenance</html>", "{\"keys\":[]}", "{\"keys\":[" + " ".repeat(70_000) + "]}")) {
            server.publishText(response);
            assertThatThrownBy(() -> verify(issuers, signed(NEXT)))
                    .as("%.20s", response)
                    .isInstanceOfSatisfying(
                            DoramiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY));
            verify(issuers, signed(RSA));
        }
    }

    @Test
    void waitingTokenLeavesEventLoopFreeAndReturnsToIt() {
        server.publish(RSA);
        TokenIssuers issuers = issuers();
        CompletableFuture<Boolean> returned = new CompletableFuture<>();
        AtomicInteger turns = new AtomicInteger();
        io.vertx.core.Context loop = VERTX.getDelegate().getOrCreateContext();
        loop.runOnContext(start -> {
            issuers.verify(unknownKeyToken("late")).subscribe().with(verified -> {}, e -> {
                issuers.verify(unknownKeyToken("later"))
                        .subscribe()
                        .with(verified -> {}, f -> returned.complete(io.vertx.core.Vertx.currentContext() == loop));
            });
            VERTX.getDelegate().setPeriodic(10, timer -> turns.incrementAndGet());
        });
        assertThat(returned.join()).isTrue();
        assertThat(turns.get()).as("turns of the loop in the 2 s of the pause").isGreaterThan(50);
    }

    @Test
    void disabledSecret_rejectsItsTokens() {
        settings.put("dorami.tokens.shared-secret.enabled", "false");
        server.publish(RSA);
        TokenIssuers issuers = issuers();
        rejects(issuers, AccessToken.of(KIM).sign(TestSecrets.JWT), "invalid token");
        verify(issuers, signed(RSA));
    }

    @Test
    void secretCanRequireIssuerAndAudience() {
        settings.put("dorami.tokens.shared-secret.issuer", ISSUER);
        settings.put("dorami.tokens.shared-secret.audience", AUDIENCE);
        TokenIssuers issuers = issuers();
        Key secret = new HmacKey(bytes(TestSecrets.JWT));
        verify(issuers, signedWith(AlgorithmIdentifiers.HMAC_SHA256, secret));
        rejects(issuers, AccessToken.of(KIM).sign(TestSecrets.JWT), "invalid token");
    }

    @Test
    void configurationWithoutSigner_stopsTheStart() {
        settings.clear();
        settings.put("dorami.tokens.shared-secret.enabled", "false");
        assertThatThrownBy(this::issuers).hasMessageContaining("dorami.tokens.shared-secret.enabled");
    }

    @Test
    void twoKeySetsOfOneIssuer_stopTheStart() {
        settings.put("dorami.tokens.issuers.beta.jwks-url", server.address().toString());
        settings.put("dorami.tokens.issuers.beta.issuer", ISSUER);
        assertThatThrownBy(this::issuers).hasMessageContaining(ISSUER);
    }

    @Test
    void issuerIsConfiguredByEnvironment() {
        TokenConfig config = config(new SmallRyeConfigBuilder()
                        .withSources(new EnvConfigSource(
                                Map.of(
                                        "DORAMI_TOKENS_SHARED_SECRET_ENABLED", "false",
                                        "DORAMI_TOKENS_ISSUERS_ACME_JWKS_URL", "https://login.example.com/keys",
                                        "DORAMI_TOKENS_ISSUERS_ACME_ISSUER", ISSUER,
                                        "DORAMI_TOKENS_ISSUERS_ACME_AUDIENCE", "a,b",
                                        "DORAMI_TOKENS_ISSUERS_ACME_ROLE_CLAIM", "roles"),
                                300)))
                .getConfigMapping(TokenConfig.class);
        assertThat(config.sharedSecret().enabled()).isFalse();
        TokenConfig.Issuer acme = Objects.requireNonNull(config.issuers().get("acme"));
        assertThat(acme.jwksUrl()).hasToString("https://login.example.com/keys");
        assertThat(acme.issuer()).isEqualTo(ISSUER);
        assertThat(acme.audience().orElseThrow()).containsExactlyInAnyOrder("a", "b");
        assertThat(acme.roleClaim()).isEqualTo("roles");
    }

    private TokenIssuers issuers() {
        SmallRyeConfig config = config(new SmallRyeConfigBuilder()
                .withDefaultValues(settings)
                .withDefaultValue("dorami.jwt-secret", TestSecrets.JWT));
        return new TokenIssuers(
                config.getConfigMapping(TokenConfig.class), config.getConfigMapping(DoramiConfig.class), VERTX, 1);
    }

    private static SmallRyeConfig config(SmallRyeConfigBuilder builder) {
        return builder.withMapping(TokenConfig.class)
                .withMapping(DoramiConfig.class)
                .withDefaultValue("dorami.jwt-secret", TestSecrets.JWT)
                .withConverter(Duration.class, 200, new DurationConverter())
                .withValidateUnknown(false)
                .build();
    }

    private static VerifiedToken verify(TokenIssuers issuers, String token) {
        return issuers.verify(token).await().atMost(Duration.ofSeconds(10));
    }

    private static void rejects(TokenIssuers issuers, String token, String message) {
        assertThatThrownBy(() -> verify(issuers, token))
                .isInstanceOfSatisfying(
                        DoramiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHORIZED))
                .hasMessage(message);
    }

    private static JwtClaims claims() {
        return withAudience(withIssuer(AccessToken.of(KIM).claims(), ISSUER), AUDIENCE);
    }

    private static JwtClaims withIssuer(JwtClaims claims, @Nullable String issuer) {
        claims.unsetClaim("iss");
        if (issuer != null) {
            claims.setIssuer(issuer);
        }
        return claims;
    }

    private static JwtClaims withAudience(JwtClaims claims, String... names) {
        claims.unsetClaim("aud");
        if (names.length > 0) {
            claims.setAudience(names);
        }
        return claims;
    }

    private static JwtClaims withExpiry(JwtClaims claims, long seconds) {
        claims.setExpirationTime(NumericDate.fromSeconds(seconds));
        return claims;
    }

    private static String signed(PublicJsonWebKey key) {
        return signed(key, UnaryOperator.identity());
    }

    private static String signed(PublicJsonWebKey key, UnaryOperator<JwtClaims> change) {
        return KeyServer.sign(change.apply(claims()), key);
    }

    /** A token as an attacker makes it: the claims of the issuer, an invented key id, and any signature. */
    private static String unknownKeyToken(String keyId) {
        String header = "{\"alg\":\"RS256\",\"kid\":\"" + keyId + "\"}";
        return base64(header) + '.' + base64(claims().toJson()) + '.' + base64("signature");
    }

    private static String signedWith(String algorithm, Key key) {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(algorithm);
        signature.setKeyIdHeaderValue(RSA.getKeyId());
        signature.setKey(key);
        signature.setPayload(claims().toJson());
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
