package io.dorami.gateway.http;

import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.gateway.GatewayConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Serves HTTP-FLV and HLS from the media server on machines without Nginx, by the rules of Nginx's configuration: only
 * names of streams pass, the media server gets no header of the client and learns its address, and srs-hook-service
 * authorizes each playlist and segment of a private stream.
 *
 * <p>A response is copied at the client's speed: while a client does not read, nothing is read from the media server,
 * which drops what is too old. The graceful shutdown does not wait for these responses, because FLV lasts as long as its
 * show. This class uses the HTTP client and not the proxy library of {@link ApiProxy}, because the library notices that
 * a client has left only when the next bytes arrive.
 */
@ApplicationScoped
public class MediaProxy {

    /** Longer than the 30 s of silence after which SRS ends a publisher's stream. */
    private static final Duration SILENCE_TIMEOUT = Duration.ofSeconds(45);

    /** Short, because the player waits for the authorization of each playlist and segment. */
    private static final Duration GRANT_TIMEOUT = Duration.ofSeconds(2);

    private static final String PLAY_GATE = "/api/srs/play-gate";

    private static final Set<HttpMethod> METHODS = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private final HttpClient client;
    private final Optional<URI> mediaServer;
    private final URI streamService;

    MediaProxy(Vertx vertx, GatewayConfig config) {
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setMaxPoolSize(1_000) // 500 FLV viewers, the maximum of the launcher's SRS, and as many short calls
                .setMaxWaitQueueSize(100) // calls of 20 ms; behind FLV viewers a call may wait for a whole show
                .setKeepAlive(false) // SRS closes the connection after each response
                .setConnectTimeout(2_000));
        this.mediaServer = config.media();
        this.streamService = Objects.requireNonNull(config.upstreams().get(ServiceName.STREAM));
    }

    void registerRoutes(@Observes Router router) {
        router.route("/live/live/*").handler(this::forward);
        router.route("/hls/*").handler(this::forward);
    }

    private void forward(RoutingContext context) {
        Optional<MediaFile> requested = mediaServer.flatMap(server ->
                MediaFile.find(context.normalizedPath(), context.request().query()));
        if (requested.isEmpty()) {
            ApiProxy.replyWithError(context, ErrorCode.NOT_FOUND, "Path not found");
        } else if (!METHODS.contains(context.request().method())) {
            ApiProxy.replyWithError(context, ErrorCode.METHOD_NOT_ALLOWED, "Media: expected GET or HEAD");
        } else if (requested.get().isPrivateHls()) {
            authorize(context, requested.get());
        } else {
            copy(context, requested.get());
        }
    }

    /** Asks srs-hook-service. Its response to a token sets the cookie that authorizes the segments. */
    private void authorize(RoutingContext context, MediaFile file) {
        RequestOptions gate = UpstreamCall.options(
                        streamService, PLAY_GATE + "?key=" + file.key() + "&token=" + file.token())
                .setIdleTimeout(GRANT_TIMEOUT.toMillis());
        Optional.ofNullable(context.request().getHeader(HttpHeaders.COOKIE))
                .ifPresent(cookie -> gate.putHeader(HttpHeaders.COOKIE, cookie));
        UpstreamCall.authorize(
                context,
                client.request(gate).compose(HttpClientRequest::send),
                "Private stream: open it with a valid invitation",
                reply -> {
                    context.response().putHeader(HttpHeaders.SET_COOKIE.toString(), reply.cookies());
                    copy(context, file);
                });
    }

    private void copy(RoutingContext context, MediaFile file) {
        HttpServerRequest request = context.request();
        // GET for HEAD too, because SRS sends a body after the headers of HEAD.
        RequestOptions options = UpstreamCall.options(mediaServer.orElseThrow(), file.target())
                .setIdleTimeout(SILENCE_TIMEOUT.toMillis())
                .putHeader("X-Forwarded-For", request.remoteAddress().host());
        client.request(options)
                .compose(call -> {
                    context.addEndHandler(ended -> call.reset()); // no effect on a complete call
                    return context.response().closed() ? Future.failedFuture("Client has left") : call.send();
                })
                .onSuccess(reply -> {
                    copyHeaders(reply, context.response(), file.cacheControl());
                    if (request.method() == HttpMethod.HEAD) {
                        reply.exceptionHandler(e -> {}); // the end of the response resets the call
                        context.response().end();
                    } else {
                        copyBody(reply, context.response());
                    }
                })
                .onFailure(e -> UpstreamCall.replyUnreachable(context));
    }

    private static void copyHeaders(HttpClientResponse reply, HttpServerResponse response, String cacheControl) {
        response.setStatusCode(reply.statusCode()).putHeader(HttpHeaders.CACHE_CONTROL, cacheControl);
        for (CharSequence header : new CharSequence[] {HttpHeaders.CONTENT_TYPE, HttpHeaders.CONTENT_LENGTH}) {
            Optional.ofNullable(reply.getHeader(header)).ifPresent(value -> response.putHeader(header, value));
        }
        if (!response.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
            response.setChunked(true);
        }
    }

    /** Copies the body. If the media server fails, resets the client, to which a proper end means the end of the show. */
    private static void copyBody(HttpClientResponse reply, HttpServerResponse response) {
        reply.pipe().endOnFailure(false).to(response).onFailure(e -> response.reset());
    }

    /**
     * A file of the media server.
     *
     * @param key key of the stream
     * @param target path and query on the media server
     * @param isPrivateHls true if srs-hook-service must authorize the request; for FLV, SRS calls its hook itself
     * @param token the query's parameter, still encoded
     */
    private record MediaFile(String key, String target, String cacheControl, boolean isPrivateHls, String token) {

        private static final Pattern FLV = Pattern.compile("/live/live/(?<key>[A-Za-z0-9_-]{1,64})\\.flv");

        /** A segment's name has the key, a time and a number. */
        private static final Pattern HLS =
                Pattern.compile("/hls/(?<file>(?<key>[A-Za-z0-9_-]{1,64})(?:\\.m3u8|-[0-9]{1,20}-[0-9]{1,20}\\.ts))");

        private static final Pattern TOKEN = Pattern.compile("(?:^|&)token=([^&]*)");

        static Optional<MediaFile> find(String path, @Nullable String query) {
            Matcher flv = FLV.matcher(path);
            if (flv.matches()) {
                String target = "/live/" + flv.group("key") + ".flv" + (query == null ? "" : "?" + query);
                return Optional.of(new MediaFile(flv.group("key"), target, "no-store", false, ""));
            }
            Matcher hls = HLS.matcher(path);
            if (!hls.matches()) {
                return Optional.empty();
            }
            String file = hls.group("file");
            boolean isPrivate = file.startsWith(StreamKey.PRIVATE_PREFIX);
            // A playlist changes every second; a segment never changes, because its name contains the time.
            String cacheControl = file.endsWith(".m3u8")
                    ? (isPrivate ? "private, no-cache" : "no-cache")
                    : (isPrivate ? "private, max-age=60" : "public, max-age=60");
            Matcher token = TOKEN.matcher(query == null ? "" : query);
            return Optional.of(new MediaFile(
                    hls.group("key"), "/live/" + file, cacheControl, isPrivate, token.find() ? token.group(1) : ""));
        }
    }
}
