package io.dorami.gateway.http;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.enterprise.context.ApplicationScoped;

/** A frame that many sockets share cannot be compressed for each of them: no socket is offered compression. */
@ApplicationScoped
public class WebSocketCompressionDisabler implements HttpServerOptionsCustomizer {

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        uncompressed(options);
    }

    @Override
    public void customizeHttpsServer(HttpServerOptions options) {
        uncompressed(options);
    }

    private static void uncompressed(HttpServerOptions options) {
        options.setPerMessageWebSocketCompressionSupported(false).setPerFrameWebSocketCompressionSupported(false);
    }
}
