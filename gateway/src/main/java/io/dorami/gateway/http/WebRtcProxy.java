package io.dorami.gateway.http;

import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.gateway.GatewayConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Passes WebRTC's offers to the media server on machines without Nginx, by the rules of Nginx's configuration: WHIP and
 * WHEP alone, with a query of three known parameters, the API's password and no header of the client. Media does not pass
 * here: after the answer, browser and media server exchange it over UDP.
 *
 * <p>A publisher's token is checked before the media server gets the offer. SRS creates the session before it calls its
 * hook, and after a rejection keeps it for 10 to 15 s, in which that key has no other publisher.
 */
@ApplicationScoped
public class WebRtcProxy {

    /** An offer of a browser is 3 to 10 KB. */
    private static final int MAX_OFFER_BYTES = 64 << 10;

    /** SRS waits for on_publish, whose reply may take 9 s if the stream has another publisher. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(20);

    private static final Duration GATE_TIMEOUT = Duration.ofSeconds(2);

    private static final String PUBLISH_GATE = "/api/srs/publish-gate";

    private final HttpClient client;
    private final Optional<URI> srsApi;
    private final String credentials;
    private final URI streamService;

    WebRtcProxy(Vertx vertx, GatewayConfig config) {
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setMaxPoolSize(64) // at 20 ms an answer, 3,200 a second
                .setMaxWaitQueueSize(256)
                .setKeepAlive(false) // SRS closes the connection after each response
                .setConnectTimeout(2_000));
        this.srsApi = config.srsApi();
        String user = config.srsApiUser() + ":" + config.srsSecret().orElse("");
        this.credentials = "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
        this.streamService = Objects.requireNonNull(config.upstreams().get(ServiceName.STREAM));
    }

    /** A protocol of offers. SRS gives sessions of both an address of WHIP. */
    private enum Protocol {
        WHIP("/rtc/v1/whip/"),
        WHEP("/rtc/v1/whep/");

        private final String path;

        Protocol(String path) {
            this.path = path;
        }
    }

    void registerRoutes(@Observes Router router) {
        router.route("/rtc/*").handler(context -> {
            Optional<Protocol> protocol = List.of(Protocol.values()).stream()
                    .filter(known -> known.path.equals(context.request().path()))
                    .findFirst();
            Optional<Session> session = Session.find(context.request());
            if (srsApi.isEmpty() || protocol.isEmpty() || session.isEmpty()) {
                ApiProxy.replyWithError(context, ErrorCode.NOT_FOUND, "Path not found");
            } else {
                forward(context, protocol.get(), session.get());
            }
        });
    }

    private void forward(RoutingContext context, Protocol protocol, Session session) {
        HttpMethod method = context.request().method();
        if (method.equals(HttpMethod.DELETE)) {
            pass(context, HttpMethod.DELETE, Protocol.WHIP, session, Buffer.buffer());
        } else if (!method.equals(HttpMethod.POST)) {
            ApiProxy.replyWithError(context, ErrorCode.METHOD_NOT_ALLOWED, "WebRTC: expected POST or DELETE");
        } else {
            readOffer(context).onSuccess(offer -> {
                if (protocol == Protocol.WHIP) {
                    authorize(context, session, offer);
                } else {
                    pass(context, HttpMethod.POST, protocol, session, offer);
                }
            });
        }
    }

    /** Reads the body. A longer body than an offer can have is refused while it arrives. */
    private static Future<Buffer> readOffer(RoutingContext context) {
        Buffer offer = Buffer.buffer();
        HttpServerRequest request = context.request();
        return Future.future(done -> request.handler(part -> {
                    offer.appendBuffer(part);
                    if (offer.length() > MAX_OFFER_BYTES && !context.response().ended()) {
                        request.handler(null);
                        ApiProxy.replyWithError(context, ErrorCode.PAYLOAD_TOO_LARGE, "Offer: expected at most 64 KB");
                    }
                })
                .endHandler(end -> {
                    if (!context.response().ended()) {
                        done.complete(offer);
                    }
                })
                .resume());
    }

    private void authorize(RoutingContext context, Session session, Buffer offer) {
        RequestOptions gate = UpstreamCall.options(
                        streamService, PUBLISH_GATE + "?key=" + session.key() + "&token=" + session.token())
                .setIdleTimeout(GATE_TIMEOUT.toMillis());
        UpstreamCall.authorize(
                context,
                client.request(gate).compose(HttpClientRequest::send),
                "Publish key: expected the present key of the stream",
                permitted -> pass(context, HttpMethod.POST, Protocol.WHIP, session, offer));
    }

    private void pass(RoutingContext context, HttpMethod method, Protocol protocol, Session session, Buffer offer) {
        RequestOptions options = UpstreamCall.options(srsApi.orElseThrow(), protocol.path + session.query())
                .setMethod(method)
                .setIdleTimeout(ANSWER_TIMEOUT.toMillis())
                .putHeader(HttpHeaders.AUTHORIZATION, credentials)
                .putHeader("X-Forwarded-For", context.request().remoteAddress().host());
        client.request(options)
                .compose(call -> call.send(offer))
                .compose(reply -> reply.body().onSuccess(answer -> reply(context, reply, answer)))
                // SRS refuses an offer by closing the connection.
                .onFailure(e -> UpstreamCall.replyUnreachable(context));
    }

    private static void reply(RoutingContext context, HttpClientResponse reply, Buffer answer) {
        if (context.response().closed()) {
            return;
        }
        context.response().setStatusCode(reply.statusCode()).putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        for (CharSequence header : new CharSequence[] {HttpHeaders.CONTENT_TYPE, HttpHeaders.LOCATION}) {
            Optional.ofNullable(reply.getHeader(header))
                    .ifPresent(value -> context.response().putHeader(header, value));
        }
        context.response().end(answer);
    }

    /**
     * The parameters of a call. SRS has more of them, with which a client could choose the credentials of its session or
     * switch encryption off.
     *
     * @param key key of the stream
     * @param token the publish or play token of an offer; the session's own token of a DELETE
     * @param id the session's id, two ICE user names; empty for an offer
     */
    private record Session(String key, String token, String id) {

        private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-]{1,64}");
        private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_.-]{0,1024}");
        private static final Pattern ID = Pattern.compile("|[A-Za-z0-9+/]{1,256}:[A-Za-z0-9+/]{1,256}");

        static Optional<Session> find(HttpServerRequest request) {
            Session session = new Session(
                    parameter(request, "stream"), parameter(request, "token"), parameter(request, "session"));
            boolean isValid = KEY.matcher(session.key).matches()
                    && TOKEN.matcher(session.token).matches()
                    && ID.matcher(session.id).matches();
            return isValid ? Optional.of(session) : Optional.empty();
        }

        String query() {
            return "?app=live&stream=" + key + "&token=" + token + (id.isEmpty() ? "" : "&session=" + id);
        }

        /** The parameter's text as it was written, because SRS reads no escapes. */
        private static String parameter(HttpServerRequest request, String name) {
            String query = Objects.requireNonNullElse(request.query(), "");
            return List.of(query.split("&")).stream()
                    .filter(pair -> pair.startsWith(name + "="))
                    .map(pair -> pair.substring(name.length() + 1))
                    .findFirst()
                    .orElse("");
        }
    }
}
