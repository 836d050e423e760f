package io.dorami.gateway.http;

import io.dorami.contracts.errors.ErrorCode;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;

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
}
