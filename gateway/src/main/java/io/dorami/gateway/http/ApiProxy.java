package io.dorami.gateway.http;

import io.dorami.contracts.Json;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.http.Route;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.GatewayMetrics;
import io.dorami.service.rest.ErrorResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
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
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/** Forwards {@code /api/**} to the services by the table in {@link Route}. */
@ApplicationScoped
public class ApiProxy {

    private static final Logger LOG = Logger.getLogger(ApiProxy.class);

    /**
     * Longer than any call takes: a hung service becomes BAD_GATEWAY. A timeout of the call and not of the connection,
     * because an idle timeout of a pooled connection would also end the call that has just begun on it.
     */
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);

    private static final Set<HttpMethod> BODILESS_METHODS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final Map<ServiceName, HttpProxy> proxies = new EnumMap<>(ServiceName.class);
    private final AtomicInteger callsInProgress = new AtomicInteger();

    ApiProxy(Vertx vertx, GatewayConfig config, GatewayMetrics metrics) {
        HttpClient client = vertx.createHttpClient(new HttpClientOptions()
                .setMaxPoolSize(64) // per service: at 10 ms a call, 6,400 calls a second
                .setMaxWaitQueueSize(1_024) // beyond that a call waits longer than its caller
                .setConnectTimeout(2_000)
                .setKeepAliveTimeout(30)); // seconds; the pool closes only connections without a call
        config.upstreams()
                .forEach((service, address) -> proxies.put(service, proxy(client, service, address, metrics)));
    }

    void registerRoutes(@Observes Router router) {
        router.route("/api/*").handler(this::forward);
    }

    /** Returns true if a call to a service has not been answered yet. */
    public boolean hasCallsInProgress() {
        return callsInProgress.get() > 0;
    }

    private void forward(RoutingContext context) {
        Route.serviceFor(context.normalizedPath())
                .flatMap(service -> Optional.ofNullable(proxies.get(service)))
                .ifPresentOrElse(
                        proxy -> proxy.handle(context.request()),
                        () -> replyWithError(context, ErrorCode.NOT_FOUND, "Path not found"));
    }

    private HttpProxy proxy(HttpClient client, ServiceName service, URI address, GatewayMetrics metrics) {
        return HttpProxy.reverseProxy(client)
                .origin(context -> context.client()
                        .request(new RequestOptions()
                                .setServer(SocketAddress.inetSocketAddress(address.getPort(), address.getHost()))
                                .setIdleTimeout(CALL_TIMEOUT.toMillis())))
                .addInterceptor(new ProxyInterceptor() {
                    @Override
                    public Future<ProxyResponse> handleProxyRequest(ProxyContext context) {
                        callsInProgress.incrementAndGet();
                        HttpServerRequest request = context.request().proxiedRequest();
                        // Of the client, if a trusted proxy forwards them; what any other client claims is overwritten.
                        context.request()
                                .putHeader(
                                        "X-Forwarded-For",
                                        request.remoteAddress().host())
                                .putHeader("X-Forwarded-Proto", String.valueOf(request.scheme()));
                        return send(context).recover(e -> {
                            LOG.debugf("Service unreachable: address=%s reason=%s", address, e.getMessage());
                            metrics.recordUnreachable(service);
                            return Future.succeededFuture(badGateway(context));
                        });
                    }

                    @Override
                    public Future<Void> handleProxyResponse(ProxyContext context) {
                        return context.sendResponse().onComplete(sent -> callsInProgress.decrementAndGet());
                    }
                });
    }

    /**
     * Sends the request to the service. A body of HTTP/2 without a length is read first, because the proxy would send it
     * to an HTTP/1.1 service without a length too, and so not at all. At most 64 KB: max-body-size.
     */
    private static Future<ProxyResponse> send(ProxyContext context) {
        HttpServerRequest request = context.request().proxiedRequest();
        if (request.version() != HttpVersion.HTTP_2
                || request.headers().contains(HttpHeaders.CONTENT_LENGTH)
                || BODILESS_METHODS.contains(request.method())) {
            return context.sendRequest();
        }
        Future<Buffer> body = request.body();
        request.resume();
        return body.compose(bytes -> {
            context.request().setBody(Body.body(bytes));
            return context.sendRequest();
        });
    }

    private static ProxyResponse badGateway(ProxyContext context) {
        return context.request()
                .release()
                .response()
                .setStatusCode(ErrorCode.BAD_GATEWAY.status())
                .putHeader("Content-Type", "application/json")
                .setBody(Body.body(Buffer.buffer(
                        Json.write(ErrorResponse.of(ErrorCode.BAD_GATEWAY, "Service unreachable; retry in 1 s")))));
    }

    public static void replyWithError(RoutingContext context, ErrorCode code, String message) {
        context.response()
                .setStatusCode(code.status())
                .putHeader("Content-Type", "application/json")
                .end(Json.write(ErrorResponse.of(code, message)));
    }
}
