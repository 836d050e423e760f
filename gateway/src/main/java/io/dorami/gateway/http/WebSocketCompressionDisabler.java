package io.dorami.gateway.http;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Disables WebSocket compression for all sockets, because a frame that many sockets share cannot be compressed for each
 * of them.
 */
@ApplicationScoped
public class WebSocketCompressionDisabler implements HttpServerOptionsCustomizer {

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        disableCompression(options);
    }

    @Override
    public void customizeHttpsServer(HttpServerOptions options) {
        disableCompression(options);
    }

    private static void disableCompression(HttpServerOptions options) {
        options.setPerMessageWebSocketCompressionSupported(false).setPerFrameWebSocketCompressionSupported(false);
    }
}
