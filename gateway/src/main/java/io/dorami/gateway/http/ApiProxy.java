package io.dorami.gateway.http;

import io.dorami.contracts.Json;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.http.Route;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.GatewayMetrics;
import io.dorami.service.rest.ErrorResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.httpproxy.Body;
import io.vertx.httpproxy.HttpProxy;
import io.vertx.httpproxy.ProxyContext;
import io.vertx.httpproxy.ProxyInterceptor;
import io.vertx.httpproxy.ProxyResponse;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Leads {@code /api/**} to the services by the table {@link Route#TABLE}, and {@code /live/KEY} to its page. */
@ApplicationScoped
public class ApiProxy {

    private static final Logger LOG = Logger.getLogger(ApiProxy.class);

    private final Map<ServiceName, HttpProxy> proxies = new EnumMap<>(ServiceName.class);

    ApiProxy(Vertx vertx, GatewayConfig config, GatewayMetrics metrics) {
        HttpClient client = vertx.createHttpClient(new HttpClientOptions()
                .setMaxPoolSize(64) // per service: at 10 ms a call, 6,400 calls a second
                .setMaxWaitQueueSize(1_024) // beyond that a call waits longer than its caller does
                .setConnectTimeout(2_000)
                .setReadIdleTimeout(15) // seconds; longer than any call takes, so that a hung service is a bad gateway
                .setKeepAliveTimeout(30));
        config.upstreams()
                .forEach((service, address) -> proxies.put(service, proxy(client, service, address, metrics)));
    }

    void routes(@Observes Router router) {
        router.route("/api/*").handler(this::lead);
        router.get("/live/:key").handler(ApiProxy::page);
    }

    private void lead(RoutingContext call) {
        Route.serviceFor(call.normalizedPath())
                .flatMap(service -> Optional.ofNullable(proxies.get(service)))
                .ifPresentOrElse(
                        proxy -> proxy.handle(call.request()),
                        () -> answer(call, ErrorCode.NOT_FOUND, "There is nothing at this address"));
    }

    private static void page(RoutingContext call) {
        try {
            new StreamKey(call.pathParam("key"));
        } catch (RuntimeException e) {
            call.next(); // no key, hence no page
            return;
        }
        call.reroute("/live.html");
    }

    private static HttpProxy proxy(HttpClient client, ServiceName service, URI address, GatewayMetrics metrics) {
        return HttpProxy.reverseProxy(client)
                .origin(address.getPort(), address.getHost())
                .addInterceptor(new ProxyInterceptor() {
                    @Override
                    public Future<ProxyResponse> handleProxyRequest(ProxyContext context) {
                        context.request()
                                .putHeader(
                                        "X-Forwarded-For",
                                        context.request()
                                                .proxiedRequest()
                                                .remoteAddress()
                                                .host());
                        return context.sendRequest().recover(e -> {
                            LOG.debugf("%s does not answer: %s", address, e.getMessage());
                            metrics.unreachable(service);
                            return Future.succeededFuture(unreachable(context));
                        });
                    }
                });
    }

    private static ProxyResponse unreachable(ProxyContext context) {
        return context.request()
                .release()
                .response()
                .setStatusCode(ErrorCode.BAD_GATEWAY.status())
                .putHeader("Content-Type", "application/json")
                .setBody(Body.body(Buffer.buffer(Json.write(
                        ErrorResponse.of(ErrorCode.BAD_GATEWAY, "The service does not answer; try again")))));
    }

    public static void answer(RoutingContext call, ErrorCode code, String message) {
        call.response()
                .setStatusCode(code.status())
                .putHeader("Content-Type", "application/json")
                .end(Json.write(ErrorResponse.of(code, message)));
    }
}
