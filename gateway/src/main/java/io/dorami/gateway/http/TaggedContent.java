package io.dorami.gateway.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Content in memory that a browser asks for each time, and that is sent only if the browser has another version. */
final class TaggedContent {

    private static final int TAG_BYTES = 16;

    private final Buffer bytes;
    private final String contentType;
    private final String tag;

    TaggedContent(byte[] bytes, String contentType) {
        this.bytes = Buffer.buffer(bytes);
        this.contentType = contentType;
        this.tag = '"' + HexFormat.of().formatHex(sha256(bytes), 0, TAG_BYTES) + '"';
    }

    /** Sends the content, or status 304 if the browser's version has the same tag. */
    void send(RoutingContext context) {
        context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-cache").putHeader(HttpHeaders.ETAG, tag);
        if (context.isFresh()) {
            context.response().setStatusCode(304).end();
        } else {
            context.response().putHeader(HttpHeaders.CONTENT_TYPE, contentType).end(bytes);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has SHA-256
        }
    }
}
