package io.dorami.gateway.http;

import io.dorami.contracts.errors.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.util.function.Consumer;

/** A call to a server behind the gateway, and the reply to the client if that server does not answer. */
final class UpstreamCall {

    private UpstreamCall() {}

    /** Options of a GET request. */
    static RequestOptions options(URI address, String target) {
        return new RequestOptions()
                .setServer(SocketAddress.inetSocketAddress(address.getPort(), address.getHost()))
                .setURI(target);
    }

    /** Replies with an error, unless the client has a reply or has left. */
    static void replyUnreachable(RoutingContext context) {
        if (!context.response().ended() && !context.response().closed()) {
            ApiProxy.replyWithError(context, ErrorCode.BAD_GATEWAY, "Service unreachable; retry in 1 s");
        }
    }

    /**
     * Continues with the response of a gate of srs-hook-service if it permits the client's call. Otherwise replies: that
     * the call is forbidden, or that the service is unreachable.
     */
    static void authorize(
            RoutingContext context,
            Future<HttpClientResponse> gate,
            String refusal,
            Consumer<HttpClientResponse> next) {
        gate.onSuccess(response -> {
                    switch (response.statusCode() / 100) {
                        case 2 -> next.accept(response);
                        case 5 -> replyUnreachable(context);
                        default -> ApiProxy.replyWithError(context, ErrorCode.FORBIDDEN, refusal);
                    }
                })
                .onFailure(e -> replyUnreachable(context));
    }
}
