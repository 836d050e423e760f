package io.dorami.endtoend.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import io.dorami.endtoend.edge.RecordingUpstream.Received;
import io.dorami.endtoend.system.NginxProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Caches and buffers of a real Nginx, counted at the stand-ins for the gateway and SRS. */
@EnabledIfSystemProperty(named = "edge", matches = ".*")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EdgeCacheIT {

    private static final Duration CHUNK_INTERVAL = Duration.ofMillis(250);
    private static final int CHUNKS = 6;
    private static final byte[] CHUNK = new byte[512];
    private static final String ETAG = "W/\"v1\"";

    private final AtomicInteger replies = new AtomicInteger();
    private RecordingUpstream gateway;
    private RecordingUpstream srs;
    private NginxProxy nginx;
    private HttpClient http;

    @BeforeAll
    void start() {
        assumeTrue(NginxProxy.isInstalled(), "Nginx is not installed");
        gateway = new RecordingUpstream(this::replyAsGateway);
        srs = new RecordingUpstream(EdgeCacheIT::replyAsSrs);
        nginx = new NginxProxy(settings());
        http = nginx.newClient(HttpClient.Version.HTTP_1_1);
    }

    @AfterAll
    void end() {
        if (nginx != null) {
            http.close();
            nginx.close();
            gateway.close();
            srs.close();
        }
    }

    @BeforeEach
    void clearRequests() {
        gateway.clear();
        srs.clear();
    }

    @Test
    void publicReadReachesTheServiceOnceASecond() throws Exception {
        pollFor(Duration.ofSeconds(3), "/api/streaming/active");
        // Nginx counts whole seconds: an answer serves 1 to 2 s.
        assertThat(gateway.requests()).hasSizeBetween(2, 4);
        assertThat(gateway.requests().getLast().header("If-None-Match")).isEqualTo(ETAG);
    }

    @Test
    void signedInViewersShareThePublicRead() throws Exception {
        String path = "/api/products?streamKey=SIGNEDIN";
        HttpResponse<String> first = send(request(path).header("Cookie", "accessToken=a.b.c"));
        HttpResponse<String> second = send(request(path).header("Cookie", "accessToken=x.y.z"));
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(gateway.requests()).singleElement().satisfies(call -> {
            assertThat(call.header("Cookie")).isNull();
            assertThat(call.header("Origin")).isNull();
        });
    }

    @Test
    void bearerCallsAndChangesAreNeverCached() throws Exception {
        for (int call = 0; call < 3; call++) {
            send(request("/api/products").header("Authorization", "Bearer a.b.c"));
            send(request("/api/products").header("Cookie", "accessToken=a.b.c").POST(BodyPublishers.ofString("{}")));
        }
        assertThat(gateway.requests()).hasSize(6);
        assertThat(gateway.requests().stream().map(call -> call.header("Authorization")))
                .contains("Bearer a.b.c");
        assertThat(gateway.requests().stream()
                        .filter(call -> call.method().equals("POST"))
                        .map(call -> call.header("Cookie")))
                .containsOnly("accessToken=a.b.c");
    }

    @Test
    void otherCallsAreNeverCached() throws Exception {
        // The stand-in allows every answer to be cached, so that only the routes keep them out.
        for (String path : List.of("/api/cart", "/api/orders", "/api/notices/admin", "/api/products/admin")) {
            gateway.clear();
            for (int call = 0; call < 3; call++) {
                send(request(path).header("Cookie", "accessToken=a.b." + call));
            }
            assertThat(gateway.requests()).as(path).hasSize(3);
        }
    }

    @Test
    void eachOriginGetsItsOwnCorsHeaders() throws Exception {
        String path = "/api/notices?cors";
        for (String origin : List.of("https://shop.example", "https://app.example")) {
            assertThat(send(request(path).header("Origin", origin)).headers().allValues("Access-Control-Allow-Origin"))
                    .containsExactly(origin);
        }
        assertThat(send(request(path).header("Origin", "https://evil.example"))
                        .headers()
                        .firstValue("Access-Control-Allow-Origin"))
                .isEmpty();
        assertThat(gateway.requests()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void knownTagIsNotModified() throws Exception {
        HttpResponse<String> response =
                send(request("/api/streaming/upcoming?limit=3").header("If-None-Match", "\"x\", \"v1\""));
        assertThat(response.statusCode()).isEqualTo(304);
        assertThat(response.body()).isEmpty();
        assertThat(gateway.last().header("If-None-Match")).isNull(); // a client's tag must not decide what is stored
    }

    @Test
    void spellingOfPathDoesNotReachTheCache() throws Exception {
        send(request("/api//products?spelling"));
        assertThat(gateway.last().uri()).isEqualTo("/api/products?spelling");
        send(request("/api/%70roducts?spelling"));
        assertThat(gateway.requests()).hasSize(1);
    }

    @Test
    void playlistReachesSrsOnceASecond() throws Exception {
        pollFor(Duration.ofSeconds(3), "/hls/KEY.m3u8");
        assertThat(srs.requests())
                .hasSizeBetween(2, 4)
                .extracting(Received::uri)
                .containsOnly("/live/KEY.m3u8");
    }

    @Test
    void simultaneousViewersCostOneRequest() {
        List<CompletableFuture<HttpResponse<String>>> polls = IntStream.range(0, 200)
                .mapToObj(viewer -> http.sendAsync(
                        request("/hls/POPULAR.m3u8?viewer=" + viewer).build(), BodyHandlers.ofString()))
                .toList();
        assertThat(polls).extracting(poll -> poll.join().statusCode()).containsOnly(200);
        assertThat(srs.requests()).hasSizeBetween(1, 3);
    }

    @Test
    void segmentReachesSrsOnce() throws Exception {
        for (int viewer = 0; viewer < 50; viewer++) {
            assertThat(send(request("/hls/SEGMENT-1795330256671-3.ts")).body()).contains("SEGMENT-1795330256671-3.ts");
        }
        assertThat(srs.requests()).hasSize(1);
    }

    @Test
    void privateStreamIsNeverCached() throws Exception {
        for (int viewer = 0; viewer < 3; viewer++) {
            send(request("/hls/private-KEY.m3u8?token=T"));
            send(request("/hls/private-KEY-1795330256671-3.ts"));
        }
        // Each is authorized by the play gate, which is the gateway's stand-in here.
        assertThat(gateway.requests()).hasSize(6);
        assertThat(srs.requests()).hasSize(6);
    }

    @Test
    void pagesOfAllowedOriginsPlayMedia() throws Exception {
        for (String path : List.of("/hls/KEY.m3u8", "/hls/KEY-1795330256671-3.ts", "/live/live/SHORT.flv")) {
            HttpResponse<String> response = send(request(path).header("Origin", "https://shop.example"));
            assertThat(response.headers().allValues("Access-Control-Allow-Origin"))
                    .as(path)
                    .containsExactly("https://shop.example");
            HttpResponse<String> preflight = send(request(path)
                    .header("Origin", "https://shop.example")
                    .header("Access-Control-Request-Method", "GET")
                    .method("OPTIONS", BodyPublishers.noBody()));
            assertThat(preflight.statusCode()).isEqualTo(204);
            assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods"))
                    .hasValue("GET, HEAD");
            assertThat(send(request(path).header("Origin", "https://evil.example"))
                            .headers()
                            .firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
    }

    @Test
    void chunksArriveWhenTheyWereSent() throws Exception {
        assertThat(arrivalSpread(Map.of())).isGreaterThan(CHUNK_INTERVAL.multipliedBy(CHUNKS - 2));
    }

    @Test
    void bufferedChunksArriveTogether() throws Exception {
        // The negative control of the test above: with buffers, the chunks arrive at the end.
        Map<String, String> changes =
                Map.of("between seller and viewer.\n    proxy_buffering off", "\n    proxy_buffering on");
        assertThat(arrivalSpread(changes)).isLessThan(CHUNK_INTERVAL);
    }

    private Map<String, String> settings() {
        return Map.of(
                "DORAMI_GATEWAY", gateway.address(),
                "DORAMI_PLAY_GATE", gateway.address(),
                "DORAMI_MEDIA", srs.address(),
                "DORAMI_ORIGINS", "https://shop.example,https://app.example");
    }

    /** Time between the first and the last chunk of an HTTP-FLV response that ends with its connection. */
    private Duration arrivalSpread(Map<String, String> changes) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread media = Thread.ofVirtual().start(() -> sendChunks(server));
            String address = "127.0.0.1:" + server.getLocalPort();
            try (NginxProxy proxy =
                    new NginxProxy(NginxProxy.with(settings(), Map.of("DORAMI_MEDIA", address)), changes)) {
                HttpResponse<InputStream> response = http.send(
                        HttpRequest.newBuilder(proxy.url("/live/live/KEY.flv")).build(), BodyHandlers.ofInputStream());
                List<Long> arrivals = new ArrayList<>();
                byte[] buffer = new byte[CHUNK.length];
                try (InputStream body = response.body()) {
                    while (body.readNBytes(buffer, 0, CHUNK.length) == CHUNK.length) {
                        arrivals.add(System.nanoTime());
                    }
                }
                assertThat(arrivals).hasSize(CHUNKS);
                return Duration.ofNanos(arrivals.getLast() - arrivals.getFirst());
            } finally {
                media.join();
            }
        }
    }

    private static void sendChunks(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.getInputStream().read(new byte[CHUNK.length * 8]);
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            for (int chunk = 0; chunk < CHUNKS; chunk++) {
                socket.getOutputStream().write(CHUNK);
                LockSupport.parkNanos(CHUNK_INTERVAL.toNanos());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void pollFor(Duration time, String path) throws IOException, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            assertThat(send(request(path)).statusCode()).isEqualTo(200);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos()); // 100 polls a second
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(nginx.url(path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private void replyAsGateway(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Cache-Control", "public, max-age=0, s-maxage=1, must-revalidate");
        exchange.getResponseHeaders().set("ETag", ETAG);
        if (ETAG.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            RecordingUpstream.reply(exchange, 304, "");
            return;
        }
        RecordingUpstream.reply(exchange, 200, "reply " + replies.incrementAndGet());
    }

    private static void replyAsSrs(HttpExchange exchange) throws IOException {
        // As SRS with its default settings, in which it allows all origins.
        exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
        RecordingUpstream.reply(exchange, 200, exchange.getRequestURI().getPath());
    }
}
