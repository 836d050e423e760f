package io.dorami.endtoend.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import io.dorami.contracts.Json;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.http.Route;
import io.dorami.endtoend.edge.RecordingUpstream.Received;
import io.dorami.endtoend.system.NginxProxy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The routes, headers and errors of a real Nginx; recording servers replace everything behind it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EdgeTest {

    private static final String PAGE_ORIGIN = "https://shop.example";

    /** The address that SRS gives to a session. */
    private static final String SESSION = "/rtc/v1/whip/?action=delete&token=s1&app=live&stream=KEY&session=ab+1:cd/2";

    private RecordingUpstream gateway;
    private RecordingUpstream otherGateway;
    private RecordingUpstream frontend;
    private RecordingUpstream backend;
    private Map<String, String> settings;
    private NginxProxy nginx;
    private HttpClient http;

    @BeforeAll
    void start() {
        assumeTrue(NginxProxy.isInstalled(), "Nginx is not installed");
        gateway = new RecordingUpstream("gateway");
        otherGateway = new RecordingUpstream("other gateway");
        frontend = new RecordingUpstream("frontend");
        backend = new RecordingUpstream("backend");
        settings = Map.of(
                "DORAMI_GATEWAY", gateway.address(),
                "DORAMI_MEDIA", gateway.address(),
                "DORAMI_PLAY_GATE", gateway.address(),
                "DORAMI_ORIGINS", PAGE_ORIGIN + ",/https://[a-z]+\\.partner\\.example/");
        nginx = new NginxProxy(NginxProxy.with(
                settings, Map.of("DORAMI_FRONTEND", frontend.address(), "DORAMI_BACKEND", backend.address())));
        http = nginx.newClient(HttpClient.Version.HTTP_1_1);
    }

    @AfterAll
    void end() {
        Stream.of(http, nginx, gateway, otherGateway, frontend, backend)
                .filter(resource -> resource != null)
                .forEach(EdgeTest::close);
    }

    static List<Map<String, String>> variants() {
        Map<String, String> fixed = Map.of(
                "DORAMI_GATEWAY", "127.0.0.1:1", "DORAMI_MEDIA", "127.0.0.1:2", "DORAMI_PLAY_GATE", "127.0.0.1:3");
        return List.of(
                fixed,
                NginxProxy.with(fixed, Map.of("DORAMI_SRS_SECRET", "0".repeat(64))),
                NginxProxy.with(fixed, Map.of("DORAMI_EDGE", "tls")),
                NginxProxy.with(fixed, Map.of("DORAMI_TRUSTED_BALANCERS", "10.0.0.0/8, 192.168.1.1,fd00::/8")),
                NginxProxy.with(fixed, Map.of("DORAMI_GATEWAY", "gateway-0=127.0.0.1:1 gateway-1=127.0.0.1:4")),
                NginxProxy.with(fixed, Map.of("DORAMI_FRONTEND", "127.0.0.1:5", "DORAMI_BACKEND", "127.0.0.1:6")));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void nginxAcceptsEveryVariant(Map<String, String> variant) {
        assertThat(NginxProxy.check(variant)).isEmpty();
    }

    @Test
    void invalidSettingIsRefused() {
        assertThat(NginxProxy.check(NginxProxy.with(settings, Map.of("DORAMI_USER_RATE", "fast"))))
                .contains("invalid rate");
    }

    @Test
    void listOfOurPathsIsThatOfTheGateway() {
        Pattern ours = Pattern.compile(Pattern.compile("location ~ \"(\\^/api/\\(streaming\\|[^\"]*)\"")
                .matcher(NginxProxy.rendered("conf.d/routes.inc", settings))
                .results()
                .map(match -> match.group(1))
                .findFirst()
                .orElseThrow());
        List<String> names = Stream.concat(
                        Stream.of(ours.pattern()),
                        Route.table().stream().map(route -> route.path().pattern()))
                .flatMap(pattern -> Pattern.compile("[a-z][a-z/-]*")
                        .matcher(pattern)
                        .results()
                        .map(MatchResult::group))
                .distinct()
                .toList();
        assertThat(names).contains("chat", "admin/orders");
        for (String name : names) {
            String path = "/api/" + name;
            assertThat(ours.matcher(path).find())
                    .as(path)
                    .isEqualTo(Route.serviceFor(path).isPresent());
        }
        assertThat(ours.matcher("/api/chats").find()).isFalse();
    }

    @Test
    void eachPathHasItsUpstream() throws Exception {
        for (String path : List.of("/", "/live/KEY", "/api/config", "/api/csrf", "/api/auth/refresh")) {
            assertThat(get(path).body()).as(path).isEqualTo("frontend");
        }
        for (String path : List.of("/api/auth/login", "/api/users/me", "/api/chats", "/api/admin/users")) {
            assertThat(get(path).body()).as(path).isEqualTo("backend");
        }
        for (String path : List.of(
                "/api/cart",
                "/api/admin/orders",
                "/api/products",
                "/api/streaming/active",
                "/api/streaming/key/K/status",
                "/ws",
                "/socket.io/")) {
            assertThat(get(path).body()).as(path).isEqualTo("gateway");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/srs/hooks?secret=x",
                "/api/srs",
                "/api/streaming/srs-auth",
                "/api/streaming/srs-done/",
                "/api/streaming/srs-heartbeat",
                "/api//streaming/srs-auth",
                "/api/streaming/%73rs-auth",
                "/api/streaming;x/srs-auth",
                "/q/metrics",
                "/q",
                "/play-gate?key=private-x",
                "/publish-gate",
                "/rtc/v1/play/?stream=KEY",
                "/rtc/v1/publish/?stream=KEY",
                "/rtc/v1/whip-play/?stream=KEY",
                "/rtc/v1/nack/",
                "/rtc/v1/whip/x?stream=KEY&token=T",
                "/rtc/v1/whip/?stream=KEY&token=T", // without the secret of SRS's API
            })
    void hooksAndManagementAreHidden(String path) throws Exception {
        gateway.clear();
        HttpResponse<String> response = send(request(path).POST(BodyPublishers.ofString("{}")));
        assertError(response, ErrorCode.NOT_FOUND, 404);
        assertThat(gateway.requests()).isEmpty();
    }

    @Test
    void directClient_isTheForwardedAddress() throws Exception {
        Received received = forwarded(nginx, "9.9.9.9", "https");
        assertThat(received.header("X-Forwarded-For")).isEqualTo("127.0.0.1");
        assertThat(received.header("X-Forwarded-Proto")).isEqualTo("http");
        assertThat(received.header("X-Forwarded-Port"))
                .isEqualTo(String.valueOf(nginx.url("").getPort()));
        assertThat(received.header("Forwarded")).isNull();
    }

    @Test
    void behindBalancer_itsClientIsTheForwardedAddress() throws Exception {
        try (NginxProxy balanced =
                new NginxProxy(NginxProxy.with(settings, Map.of("DORAMI_TRUSTED_BALANCERS", "127.0.0.1,10.0.0.0/8")))) {
            Received received = forwarded(balanced, "6.6.6.6, 9.9.9.9, 10.1.2.3", "https");
            assertThat(received.header("X-Forwarded-For")).isEqualTo("9.9.9.9");
            assertThat(received.header("X-Forwarded-Proto")).isEqualTo("https");
        }
        try (NginxProxy other =
                new NginxProxy(NginxProxy.with(settings, Map.of("DORAMI_TRUSTED_BALANCERS", "10.0.0.0/8")))) {
            Received received = forwarded(other, "9.9.9.9", "https");
            assertThat(received.header("X-Forwarded-For")).isEqualTo("127.0.0.1");
            assertThat(received.header("X-Forwarded-Proto")).isEqualTo("http");
        }
    }

    @Test
    void tlsServesHttp2AndForwardsItsScheme() throws Exception {
        try (NginxProxy tls = new NginxProxy(NginxProxy.with(settings, Map.of("DORAMI_EDGE", "tls")));
                HttpClient http2 = tls.newClient(HttpClient.Version.HTTP_2)) {
            HttpResponse<String> response =
                    http2.send(HttpRequest.newBuilder(tls.url("/api/cart")).build(), BodyHandlers.ofString());
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(response.headers().firstValue("Strict-Transport-Security"))
                    .hasValue("max-age=15552000");
            assertThat(gateway.last().header("X-Forwarded-Proto")).isEqualTo("https");
        }
        assertThat(get("/api/cart").headers().firstValue("Strict-Transport-Security"))
                .isEmpty();
    }

    @Test
    void onlyWebSocketIsAnUpgrade() throws Exception {
        try (HttpClient offering = nginx.newClient(HttpClient.Version.HTTP_2)) { // offers h2c with every request
            offering.send(HttpRequest.newBuilder(nginx.url("/socket.io/")).build(), BodyHandlers.ofString());
        }
        assertThat(gateway.last().header("Upgrade")).isNull();
        assertThat(gateway.last().header("Http2-settings")).isNull();
    }

    @Test
    void sessionIdLeadsToItsGateway() throws Exception {
        try (NginxProxy two = new NginxProxy(NginxProxy.with(
                settings,
                Map.of(
                        "DORAMI_GATEWAY",
                        "gateway-0=%s gateway-1=%s".formatted(gateway.address(), otherGateway.address()))))) {
            for (int call = 0; call < 20; call++) {
                assertThat(poll(two, "gateway-0.abc")).isEqualTo("gateway");
                assertThat(poll(two, "gateway-1.abc")).isEqualTo("other gateway");
            }
            // Neither a name of another kind nor an address is followed: any gateway replies that it has no such
            // session.
            for (String id : List.of("gateway-00.abc", "127.0.0.1:22.abc", frontend.address() + ".abc", "gateway-0")) {
                assertThat(poll(two, id)).as(id).endsWith("gateway");
            }
        }
    }

    @Test
    void ownErrorsAreTheApisJsonWithCors() throws Exception {
        HttpResponse<String> tooLarge = send(
                request("/api/cart").header("Origin", PAGE_ORIGIN).POST(BodyPublishers.ofString("x".repeat(300_000))));
        assertError(tooLarge, ErrorCode.PAYLOAD_TOO_LARGE, 413);
        assertReadableBy(tooLarge, PAGE_ORIGIN);

        Map<String, String> down = Map.of("DORAMI_GATEWAY", "127.0.0.1:1");
        try (NginxProxy alone = new NginxProxy(NginxProxy.with(settings, down))) {
            for (String path : List.of("/api/cart", "/api/products", "/socket.io/?EIO=4&transport=polling")) {
                HttpResponse<String> unreachable = http.send(
                        HttpRequest.newBuilder(alone.url(path))
                                .header("Origin", "https://a.partner.example")
                                .build(),
                        BodyHandlers.ofString());
                assertError(unreachable, ErrorCode.BAD_GATEWAY, 502);
                assertReadableBy(unreachable, "https://a.partner.example");
                assertThat(unreachable.headers().firstValue("Retry-After")).hasValue("1");
            }
        }
        assertThat(send(request("/api/srs").header("Origin", "https://evil.example"))
                        .headers()
                        .firstValue("Access-Control-Allow-Origin"))
                .isEmpty();
    }

    @Test
    void silentServiceIsABadGateway() throws Exception {
        try (RecordingUpstream silent = new RecordingUpstream(exchange -> {});
                NginxProxy impatient = new NginxProxy(
                        NginxProxy.with(settings, Map.of("DORAMI_GATEWAY", silent.address())),
                        Map.of("proxy_read_timeout  20s", "proxy_read_timeout  100ms"))) {
            HttpResponse<String> response =
                    http.send(HttpRequest.newBuilder(impatient.url("/api/cart")).build(), BodyHandlers.ofString());
            assertError(response, ErrorCode.BAD_GATEWAY, 504);
            assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
        }
    }

    @Test
    void errorOfAServicePassesUnchanged() throws Exception {
        try (RecordingUpstream failing =
                        new RecordingUpstream(exchange -> RecordingUpstream.reply(exchange, 404, "mine"));
                NginxProxy proxy =
                        new NginxProxy(NginxProxy.with(settings, Map.of("DORAMI_GATEWAY", failing.address())))) {
            HttpResponse<String> response =
                    http.send(HttpRequest.newBuilder(proxy.url("/api/cart")).build(), BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.body()).isEqualTo("mine");
        }
    }

    @Test
    void offersReachSrsWithItsPasswordAlone() throws Exception {
        try (RecordingUpstream srs = new RecordingUpstream(EdgeTest::answerOffer);
                RecordingUpstream gate = new RecordingUpstream(EdgeTest::authorizePublisher);
                NginxProxy webRtc = webRtcProxy(srs, gate)) {
            HttpResponse<String> published = http.send(
                    offer(webRtc, "/rtc/v1/whip/?eip=1.2.3.4&app=other&stream=KEY&token=right&ice-pwd=x")
                            .header("Authorization", "Bearer mine")
                            .header("Cookie", "accessToken=mine")
                            .header("X-Forwarded-For", "9.9.9.9")
                            .header("Origin", PAGE_ORIGIN)
                            .build(),
                    BodyHandlers.ofString());
            assertThat(published.statusCode()).isEqualTo(201);
            assertThat(published.body()).isEqualTo("answer");
            assertThat(published.headers().firstValue("Location")).hasValue(SESSION);
            assertThat(published.headers().firstValue("Access-Control-Expose-Headers"))
                    .hasValue("Location, Retry-After");
            assertThat(gate.last().uri()).isEqualTo("/api/srs/publish-gate?key=KEY&token=right");
            Received offer = srs.last();
            assertThat(offer.uri()).isEqualTo("/rtc/v1/whip/?app=live&stream=KEY&token=right");
            assertThat(offer.header("Authorization")).isEqualTo("Basic ZG9yYW1pOnNlY3JldA=="); // dorami:secret
            assertThat(offer.header("X-Forwarded-For")).isEqualTo("127.0.0.1");
            assertThat(offer.header("Cookie")).isNull();

            http.send(offer(webRtc, "/rtc/v1/whep/?stream=KEY&token=play").build(), BodyHandlers.discarding());
            assertThat(srs.last().uri()).isEqualTo("/rtc/v1/whep/?app=live&stream=KEY&token=play");

            http.send(HttpRequest.newBuilder(webRtc.url(SESSION)).DELETE().build(), BodyHandlers.discarding());
            assertThat(srs.last().method() + " " + srs.last().uri())
                    .isEqualTo("DELETE /rtc/v1/whip/?token=s1&session=ab+1:cd/2");
        }
    }

    @Test
    void refusedOffersDoNotReachSrs() throws Exception {
        try (RecordingUpstream srs = new RecordingUpstream(EdgeTest::answerOffer);
                RecordingUpstream gate = new RecordingUpstream(EdgeTest::authorizePublisher);
                NginxProxy webRtc = webRtcProxy(srs, gate)) {
            for (String path : List.of("/rtc/v1/whip/?stream=KEY&token=wrong", "/rtc/v1/whip/?stream=KEY")) {
                assertError(http.send(offer(webRtc, path).build(), BodyHandlers.ofString()), ErrorCode.FORBIDDEN, 403);
            }
            for (String path : List.of("/rtc/v1/whip/?stream=K%2FY&token=right", "/rtc/v1/whep/?token=right")) {
                assertError(http.send(offer(webRtc, path).build(), BodyHandlers.ofString()), ErrorCode.NOT_FOUND, 404);
            }
            HttpRequest tooLong = HttpRequest.newBuilder(webRtc.url("/rtc/v1/whep/?stream=KEY"))
                    .POST(BodyPublishers.ofString("x".repeat(70_000)))
                    .build();
            assertError(http.send(tooLong, BodyHandlers.ofString()), ErrorCode.PAYLOAD_TOO_LARGE, 413);
            HttpRequest read = HttpRequest.newBuilder(webRtc.url("/rtc/v1/whep/?stream=KEY"))
                    .build();
            assertError(http.send(read, BodyHandlers.ofString()), ErrorCode.METHOD_NOT_ALLOWED, 405);
            assertThat(srs.requests()).isEmpty();
        }
    }

    @Test
    void logsHaveNoTokenOfAnOffer() throws Exception {
        try (RecordingUpstream gate = new RecordingUpstream(exchange -> RecordingUpstream.reply(exchange, 204, ""));
                NginxProxy webRtc = new NginxProxy(NginxProxy.with(
                        settings,
                        Map.of(
                                "DORAMI_SRS_SECRET", "secret",
                                "DORAMI_MEDIA_API", "127.0.0.1:1",
                                "DORAMI_PLAY_GATE", gate.address())))) {
            HttpResponse<String> unreachable = http.send(
                    offer(webRtc, "/rtc/v1/whip/?stream=KEY&token=MY-TOKEN").build(), BodyHandlers.ofString());
            assertError(unreachable, ErrorCode.BAD_GATEWAY, 502);
            assertThat(webRtc.logs())
                    .contains("POST /rtc/v1/whip/ 502")
                    .doesNotContain("MY-TOKEN")
                    .doesNotContain("secret");
        }
    }

    private NginxProxy webRtcProxy(RecordingUpstream srs, RecordingUpstream gate) {
        return new NginxProxy(NginxProxy.with(
                settings,
                Map.of(
                        "DORAMI_SRS_SECRET", "secret",
                        "DORAMI_MEDIA_API", srs.address(),
                        "DORAMI_PLAY_GATE", gate.address())));
    }

    private static HttpRequest.Builder offer(NginxProxy proxy, String path) {
        return HttpRequest.newBuilder(proxy.url(path))
                .header("Content-Type", "application/sdp")
                .POST(BodyPublishers.ofString("v=0"));
    }

    private static void answerOffer(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().add("Location", SESSION);
        RecordingUpstream.reply(exchange, exchange.getRequestMethod().equals("POST") ? 201 : 200, "answer");
    }

    private static void authorizePublisher(HttpExchange exchange) throws IOException {
        boolean isRight = exchange.getRequestURI().getQuery().endsWith("&token=right");
        RecordingUpstream.reply(exchange, isRight ? 204 : 403, "");
    }

    private static void assertError(HttpResponse<String> response, ErrorCode code, int status) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        JsonNode body = Json.read(response.body(), JsonNode.class);
        assertThat(body.path("success").isBoolean()).isTrue();
        assertThat(body.path("success").asBoolean()).isFalse();
        assertThat(body.path("errorCode").asText()).isEqualTo(code.name());
        assertThat(body.path("message").asText()).isNotEmpty();
        assertThat(body.path("timestamp").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d.*");
    }

    private static void assertReadableBy(HttpResponse<String> response, String origin) {
        assertThat(response.headers().allValues("Access-Control-Allow-Origin")).containsExactly(origin);
        assertThat(response.headers().allValues("Access-Control-Allow-Credentials"))
                .containsExactly("true");
        assertThat(response.headers().firstValue("Access-Control-Expose-Headers"))
                .hasValue("Retry-After");
        assertThat(response.headers().firstValue("Vary")).hasValue("Origin");
    }

    private Received forwarded(NginxProxy proxy, String addresses, String scheme) throws Exception {
        http.send(
                HttpRequest.newBuilder(proxy.url("/api/cart"))
                        .header("X-Forwarded-For", addresses)
                        .header("X-Forwarded-Proto", scheme)
                        .header("Forwarded", "for=8.8.8.8;proto=https")
                        .build(),
                BodyHandlers.discarding());
        return gateway.last();
    }

    private String poll(NginxProxy proxy, String sessionId) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(proxy.url("/socket.io/?EIO=4&transport=polling&sid=" + sessionId))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(nginx.url(path));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
