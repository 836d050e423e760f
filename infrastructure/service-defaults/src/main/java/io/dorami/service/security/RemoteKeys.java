package io.dorami.service.security;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.service.runtime.Timeouts;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.vertx.MutinyHelper;
import io.vertx.core.Context;
import io.vertx.core.http.RequestOptions;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.core.buffer.Buffer;
import io.vertx.mutiny.core.http.HttpClient;
import io.vertx.mutiny.core.http.HttpClientResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.Key;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.keys.resolvers.VerificationKeyResolver;
import org.jose4j.lang.JoseException;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of one issuer. A fetch replaces them; a fetch that fails keeps them. However many tokens have unknown
 * keys, there is one fetch at a time, and a pause between two, so that an attacker cannot make us flood the issuer.
 */
final class RemoteKeys implements VerificationKeyResolver {

    /** A key set is a small document, but the first fetch of a busy start, or from an issuer that sleeps, is slow. */
    private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(5);

    /**
     * Pause between two fetches. Under attack, 50 processes of all services make 25 requests a second. A token with a
     * new key waits for the pause and a fetch, so at most 7 s: less than a client's hello or a proxied request may take.
     */
    private static final Duration FETCH_PAUSE = Duration.ofSeconds(2);

    /** 50 keys of 1.3 KB, RSA with 4,096 bits. Issuers publish two or three. */
    private static final int MAX_RESPONSE_BYTES = 64 * 1024;

    /** Maximum waiting tokens. A token has at most 8 KB, so that they take at most 8 MB. */
    private static final int MAX_WAITING = 1_000;

    private static final int OK = 200;

    private static final Logger LOG = Logger.getLogger(RemoteKeys.class);

    private final String name;
    private final URI address;
    private final HttpClient http;
    private final AtomicInteger waiting = new AtomicInteger();

    private volatile List<JsonWebKey> keys = List.of();
    private volatile VerificationKeyResolver resolver = resolver(keys);

    /** The fetch that runs or is about to. Guarded by this. */
    private @Nullable Uni<Void> pendingFetch;

    /** End of the last fetch. Guarded by this. */
    private long lastFetchNanos = System.nanoTime() - FETCH_PAUSE.toNanos();

    RemoteKeys(String name, URI address, Vertx vertx) {
        this.name = name;
        this.address = address;
        this.http = vertx.createHttpClient();
    }

    /** Name of the issuer in the configuration. */
    String name() {
        return name;
    }

    @Override
    public Key resolveKey(JsonWebSignature signature, List<JsonWebStructure> nested) throws UnresolvableKeyException {
        return resolver.resolveKey(signature, nested);
    }

    /**
     * Completes on the caller's context after the next fetch, whether or not that brought new keys. Fails with
     * {@link ErrorCode#BUSY} if the fetch fails, or at once if too many tokens wait already.
     */
    Uni<Void> awaitFetch() {
        return Uni.createFrom().deferred(() -> {
            if (waiting.incrementAndGet() > MAX_WAITING) {
                waiting.decrementAndGet();
                return Uni.createFrom().failure(unavailable());
            }
            Context context = io.vertx.core.Vertx.currentContext();
            Uni<Void> fetch = fetch().onFailure()
                    .transform(e -> unavailable())
                    .onTermination()
                    .invoke(waiting::decrementAndGet);
            return context == null ? fetch : fetch.emitOn(MutinyHelper.executor(context));
        });
    }

    /** Fetches the keys after the pause, or joins the fetch that is already pending. */
    synchronized Uni<Void> fetch() {
        if (pendingFetch == null) {
            Duration sinceLast = Duration.ofNanos(System.nanoTime() - lastFetchNanos);
            Duration pause = FETCH_PAUSE.minus(sinceLast);
            pendingFetch = Uni.createFrom()
                    .voidItem()
                    .onItem()
                    .delayIt()
                    .by(pause.isPositive() ? pause : Duration.ofMillis(1))
                    .chain(() -> Timeouts.failAfter(FETCH_TIMEOUT, request()))
                    .emitOn(Infrastructure.getDefaultWorkerPool()) // parsing keys is no work for an event loop
                    .invoke(this::replaceKeys)
                    .replaceWithVoid()
                    .onTermination()
                    .invoke(this::completeFetch)
                    .memoize()
                    .indefinitely();
        }
        return pendingFetch;
    }

    private synchronized void completeFetch() {
        pendingFetch = null;
        lastFetchNanos = System.nanoTime();
    }

    private Uni<String> request() {
        RequestOptions options = new RequestOptions()
                .setAbsoluteURI(address.toString())
                .setConnectTimeout(FETCH_TIMEOUT.toMillis())
                .setIdleTimeout(FETCH_TIMEOUT.toMillis())
                .putHeader("Accept", "application/json");
        return http.request(options)
                .chain(request -> request.send()
                        .chain(this::readBody)
                        .onTermination()
                        .invoke((body, failure, cancelled) -> {
                            if (body == null) {
                                request.reset(); // otherwise the rest of the response would still be received
                            }
                        }));
    }

    private Uni<String> readBody(HttpClientResponse response) {
        if (response.statusCode() != OK) {
            throw failure("HTTP " + response.statusCode());
        }
        return response.toMulti()
                .collect()
                .in(Buffer::buffer, (body, part) -> {
                    if (body.length() <= MAX_RESPONSE_BYTES) {
                        body.appendBuffer(part);
                    }
                })
                .map(body -> {
                    if (body.length() > MAX_RESPONSE_BYTES) {
                        throw failure("more than " + MAX_RESPONSE_BYTES + " bytes");
                    }
                    return body.toString();
                });
    }

    private void replaceKeys(String keySet) {
        List<JsonWebKey> fetched;
        try {
            fetched = new JsonWebKeySet(keySet).getJsonWebKeys();
        } catch (JoseException e) {
            throw failure("no JSON Web Key Set");
        }
        if (fetched.stream().noneMatch(PublicJsonWebKey.class::isInstance)) {
            throw failure("no public keys"); // an error page, or an issuer that lost its keys: no reason to forget ours
        }
        if (!ids(fetched).equals(ids(keys))) {
            LOG.infof("Token keys changed: issuer=%s keys=%s", name, ids(fetched));
        }
        keys = fetched;
        resolver = resolver(fetched);
    }

    private static List<String> ids(List<JsonWebKey> keys) {
        return keys.stream().map(key -> Objects.toString(key.getKeyId(), "")).toList();
    }

    private static VerificationKeyResolver resolver(List<JsonWebKey> keys) {
        JwksVerificationKeyResolver resolver = new JwksVerificationKeyResolver(keys);
        resolver.setDisambiguateWithVerifySignature(true); // for tokens without kid
        return resolver;
    }

    private UncheckedIOException failure(String response) {
        return new UncheckedIOException(new IOException("GET " + address + ": " + response));
    }

    /** The web client matches the first words, renews its token and connects again. */
    private static DoramiException unavailable() {
        return new DoramiException(
                ErrorCode.BUSY, "authentication failed: the token's key cannot be fetched now; retry in 2 s");
    }
}
