package io.dorami.gateway.warmup;

import io.dorami.service.runtime.LoopbackRequests;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import jakarta.inject.Singleton;
import java.net.URI;

/** WebSockets of the gateway to itself. */
@Singleton
class LoopbackSocket {

    private final LoopbackRequests loopback;
    private final WebSocketClient client;

    LoopbackSocket(LoopbackRequests loopback, Vertx vertx) {
        this.loopback = loopback;
        this.client = vertx.createWebSocketClient();
    }

    /** Opens a socket, sends a message, and closes the socket when the reply arrives that begins with the prefix. */
    Uni<Void> open(String path, String message, String replyPrefix) {
        URI address = loopback.address();
        WebSocketConnectOptions options = new WebSocketConnectOptions()
                .setHost(address.getHost())
                .setPort(address.getPort())
                .setURI(path);
        return Uni.createFrom()
                .emitter(emitter -> client.connect(options)
                        .onFailure(emitter::fail)
                        .onSuccess(socket -> {
                            socket.closeHandler(closed -> emitter.complete(null));
                            socket.textMessageHandler(reply -> {
                                if (reply.startsWith(replyPrefix)) {
                                    socket.close();
                                }
                            });
                            socket.writeTextMessage(message);
                        }));
    }
}
