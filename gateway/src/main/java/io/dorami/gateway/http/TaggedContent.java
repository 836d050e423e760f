package io.dorami.gateway.http;

import io.quarkus.runtime.util.HashUtil;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/** Content in memory that a browser asks for each time, and that is sent only if the browser has another version. */
final class TaggedContent {

    /** Digits of the hash: 128 bits. */
    private static final int TAG_LENGTH = 32;

    private final Buffer bytes;
    private final String contentType;
    private final String tag;

    TaggedContent(byte[] bytes, String contentType) {
        this.bytes = Buffer.buffer(bytes);
        this.contentType = contentType;
        this.tag = '"' + HashUtil.sha256(bytes).substring(0, TAG_LENGTH) + '"';
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
}
