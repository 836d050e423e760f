package io.dorami.gateway.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.dorami.testing.DoramiTestResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Media through the gateway, with an HTTP server in place of SRS and of srs-hook-service. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@TestProfile(MediaProxyTest.WithMedia.class)
@Timeout(60) // a chunk that does not arrive would block a test forever
class MediaProxyTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final String START = "FLV";

    /** The calls that reached the servers. */
    private static final List<HttpServerRequest> CALLS = new CopyOnWriteArrayList<>();

    /** The FLV responses that have not ended. */
    private static final List<HttpServerResponse> OPEN = new CopyOnWriteArrayList<>();

    /** Starts the servers and makes one the media server and the other srs-hook-service. */
    public static final class WithMedia implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "dorami.gateway.media", listen(MediaProxyTest::serveMedia),
                    "dorami.gateway.upstreams.stream", listen(MediaProxyTest::authorize));
        }

        private static String listen(Handler<HttpServerRequest> handler) {
            HttpServer server = VERTX.createHttpServer()
                    .requestHandler(handler)
                    .listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            return "http://127.0.0.1:" + server.actualPort();
        }
    }

    @TestHTTPResource
    URI gateway;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void clear() {
        CALLS.clear();
        OPEN.clear();
    }

    @AfterEach
    void close() {
        http.shutdownNow();
    }

    @AfterAll
    static void stop() {
        VERTX.close();
    }

    @Test
    void flvChunksArriveAsTheyAreSent() throws Exception {
        try (InputStream media = open("/live/live/KEYA.flv?token=a%20b")) {
            for (String chunk : List.of("first", "second")) {
                flv().write(chunk);
                assertThat(new String(media.readNBytes(chunk.length()), StandardCharsets.US_ASCII))
                        .isEqualTo(chunk);
            }
            assertThat(CALLS)
                    .singleElement()
                    .satisfies(call -> assertThat(call.uri()).isEqualTo("/live/KEYA.flv?token=a%20b"));
            flv().end("last");
            assertThat(media.readAllBytes()).asString().isEqualTo("last");
        }
    }

    @Test
    void clientThatLeaves_endsCallToMediaServer() throws Exception {
        InputStream media = open("/live/live/KEYA.flv");
        media.close();
        await().atMost(TIMEOUT).until(() -> flv().closed());
    }

    @Test
    void clientThatDoesNotRead_stopsTheMediaServer() throws Exception {
        AtomicLong written = new AtomicLong();
        try (InputStream media = open("/live/live/KEYA.flv")) {
            HttpServerResponse flv = flv();
            Buffer chunk = Buffer.buffer(new byte[64 << 10]);
            VERTX.runOnContext(start -> {
                Runnable fill = () -> {
                    while (!flv.closed() && !flv.writeQueueFull() && written.get() < 64 << 20) {
                        flv.write(chunk);
                        written.addAndGet(chunk.length());
                    }
                };
                flv.drainHandler(drained -> fill.run());
                fill.run();
            });
            await().atMost(TIMEOUT).during(Duration.ofMillis(500)).until(written::get, bytes -> bytes < 32 << 20);
            assertThat(media.readNBytes(1 << 20)).hasSize(1 << 20);
        }
    }

    @Test
    void mediaServerThatFails_doesNotEndResponseProperly() throws Exception {
        try (InputStream media = open("/live/live/KEYA.flv")) {
            flv().reset();
            assertThatThrownBy(media::readAllBytes).isInstanceOf(IOException.class);
        }
    }

    @Test
    void playlistAndSegment_haveNginxCacheHeadersAndNoSecrets() {
        given().cookie("accessToken", "secret")
                .header("Authorization", "Bearer secret")
                .header("Forwarded", "for=1.2.3.4")
                .get("/hls/KEYA.m3u8?token=secret")
                .then()
                .statusCode(200)
                .header("Content-Type", containsString("mpegurl"))
                .header("Cache-Control", equalTo("no-cache"))
                .body(equalTo("/live/KEYA.m3u8"));
        given().get("/hls/KEYA-1795330256671-3.ts")
                .then()
                .statusCode(200)
                .header("Cache-Control", equalTo("public, max-age=60"))
                .header("Set-Cookie", nullValue());
        MultiMap sent = CALLS.getFirst().headers();
        assertThat(sent.names()).containsExactlyInAnyOrder("host", "connection", "X-Forwarded-For");
        assertThat(sent.get("X-Forwarded-For")).isEqualTo("127.0.0.1");
    }

    @Test
    void headReturnsHeadersAndEndsCall() {
        given().head("/hls/KEYA.m3u8").then().statusCode(200).header("Content-Length", equalTo("15"));
        given().head("/live/live/KEYA.flv").then().statusCode(200).header("Cache-Control", equalTo("no-store"));
        await().atMost(TIMEOUT).until(() -> flv().closed());
    }

    @Test
    void missingStream_isNotFound() {
        given().get("/hls/missing.m3u8").then().statusCode(404);
    }

    @Test
    void mediaServerWithoutReply_isBadGateway() {
        given().get("/hls/broken.m3u8").then().statusCode(502).body("errorCode", equalTo("BAD_GATEWAY"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/hls/",
                "/hls/KEYA.ts",
                "/hls/KEYA-1.ts",
                "/hls/KEYA-1-x.ts",
                "/hls/KEYA.m3u8/",
                "/hls/KEYA.m3u8;x",
                "/hls/KEY%2FA.m3u8",
                "/hls/../api/KEYA.m3u8",
                "/hls/private-1.ts",
                "/live/live/KEYA.ts",
                "/live/live/..%2fKEYA.flv",
                "/live/other/KEYA.flv",
                "/play-gate"
            })
    void otherPaths_areNotFound(String path) {
        given().urlEncodingEnabled(false).get(path).then().statusCode(404);
        assertThat(CALLS).isEmpty();
    }

    @Test
    void otherMethods_areRejected() {
        given().post("/hls/KEYA.m3u8").then().statusCode(405).body("errorCode", equalTo("METHOD_NOT_ALLOWED"));
        assertThat(CALLS).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hls/private-a.m3u8", "/hls/private-a-1-2.ts", "/hls/%70rivate-a-1-2.ts"})
    void privateStream_needsGrant(String path) {
        RestAssured.urlEncodingEnabled = false;
        given().get(path + "?token=wrong").then().statusCode(403).body("errorCode", equalTo("FORBIDDEN"));
        given().get(path).then().statusCode(403);
        assertThat(CALLS).allMatch(call -> call.path().equals("/api/srs/play-gate"));

        given().get(path + "?x=1&token=right").then().statusCode(200).header("Set-Cookie", containsString("play-"));
        given().cookie("play-private-a", "right")
                .get(path)
                .then()
                .statusCode(200)
                .header("Cache-Control", containsString("private, "));
        RestAssured.urlEncodingEnabled = true;
    }

    /** Opens an FLV response and reads its start. */
    private InputStream open(String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(gateway.resolve(path)).timeout(TIMEOUT).build();
        InputStream media = http.send(request, BodyHandlers.ofInputStream()).body();
        assertThat(media.readNBytes(START.length())).asString().isEqualTo(START);
        return media;
    }

    /** The FLV response of the media server. */
    private static HttpServerResponse flv() {
        return await().atMost(TIMEOUT)
                .until(() -> OPEN, list -> !list.isEmpty())
                .getFirst();
    }

    private static void serveMedia(HttpServerRequest request) {
        CALLS.add(request);
        if (request.path().endsWith(".flv")) {
            request.response().setChunked(true).write(START);
            OPEN.add(request.response());
        } else if (request.path().contains("broken")) {
            request.connection().close();
        } else if (request.path().contains("missing")) {
            request.response().setStatusCode(404).end();
        } else {
            request.response()
                    .putHeader("Content-Type", "application/vnd.apple.mpegurl")
                    .putHeader("Cache-Control", "max-age=1000")
                    .end(request.path());
        }
    }

    private static void authorize(HttpServerRequest request) {
        CALLS.add(request);
        boolean isRight = "right".equals(request.getParam("token"))
                || String.valueOf(request.getHeader("Cookie")).contains("play-private-a=right");
        if (isRight && "private-a".equals(request.getParam("key"))) {
            request.response()
                    .putHeader("Set-Cookie", "play-private-a=right; Path=/hls/")
                    .setStatusCode(204)
                    .end();
        } else {
            request.response().setStatusCode(403).end();
        }
    }
}
