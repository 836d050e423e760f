package io.dorami.service.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dorami.contracts.http.ApiCookies;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response.Status;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;
import org.jspecify.annotations.Nullable;

/**
 * Sets the cache headers of every response: {@link PublicRead} responses get an ETag and may be shared for a second, all
 * others are not stored.
 */
@Singleton
class CacheHeaders {

    /**
     * A shared cache serves the response for 1 s, so that a list costs one query a second however many viewers poll it.
     * Browsers ask every time.
     */
    private static final String SHARED = "public, max-age=0, s-maxage=1, must-revalidate";

    /** For a caller with a token: only the caller's own cache, which asks every time. */
    private static final String OWN = "private, no-cache";

    /** Bytes of the hash in an ETag: 96 bits do not collide by accident. */
    private static final int HASH_BYTES = 12;

    private final ObjectMapper mapper;

    CacheHeaders(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    @ServerResponseFilter
    void forbidStoring(ContainerResponseContext response) {
        if (!response.getHeaders().containsKey(HttpHeaders.CACHE_CONTROL)) {
            response.getHeaders().putSingle(HttpHeaders.CACHE_CONTROL, "no-store");
        }
    }

    /**
     * The ETag is of the data alone, because the envelope has the time of the response. It is weak for the same reason:
     * two responses with the same tag differ in that time.
     */
    @PublicRead
    @ServerResponseFilter
    void allowSharing(ContainerRequestContext request, ContainerResponseContext response)
            throws JsonProcessingException {
        if (response.getStatus() != Status.OK.getStatusCode()
                || !(response.getEntity() instanceof SuccessResponse<?> success)) {
            return;
        }
        String tag = hash(mapper.writeValueAsBytes(success.data()));
        response.getHeaders().putSingle(HttpHeaders.ETAG, "W/\"" + tag + '"');
        response.getHeaders().putSingle(HttpHeaders.CACHE_CONTROL, hasToken(request) ? OWN : SHARED);
        if (matches(request.getHeaderString(HttpHeaders.IF_NONE_MATCH), tag)) {
            response.setStatus(Status.NOT_MODIFIED.getStatusCode());
            response.setEntity(null);
        }
    }

    /** Compares weakly: the client's tags may have lost their mark on the way. */
    private static boolean matches(@Nullable String ifNoneMatch, String tag) {
        return Optional.ofNullable(ifNoneMatch).stream()
                .flatMap(list -> Arrays.stream(list.split(",")))
                .map(String::strip)
                .anyMatch(candidate -> candidate.equals("*")
                        || candidate.equals('"' + tag + '"')
                        || candidate.equals("W/\"" + tag + '"'));
    }

    private static boolean hasToken(ContainerRequestContext request) {
        return request.getHeaderString(HttpHeaders.AUTHORIZATION) != null
                || request.getCookies().containsKey(ApiCookies.ACCESS_TOKEN);
    }

    private static String hash(byte[] data) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(data);
            return Base64.getUrlEncoder().encodeToString(Arrays.copyOf(hash, HASH_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has SHA-256
        }
    }
}
