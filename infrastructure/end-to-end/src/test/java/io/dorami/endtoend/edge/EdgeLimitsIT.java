package io.dorami.endtoend.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dorami.endtoend.system.NginxProxy;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The rate limits of a real Nginx with their default values. Each test has an Nginx of its own, whose limits are unused. */
@EnabledIfSystemProperty(named = "edge", matches = ".*")
class EdgeLimitsIT {

    private static final String COOKIE = "accessToken=h.p.";

    private RecordingUpstream upstream;
    private NginxProxy nginx;
    private HttpClient http;

    @BeforeEach
    void start() {
        assumeTrue(NginxProxy.isInstalled(), "Nginx is not installed");
        upstream = new RecordingUpstream("");
        nginx = new NginxProxy(Map.of(
                "DORAMI_EDGE", "tls", // so that the calls arrive at once, on one connection
                "DORAMI_GATEWAY", upstream.address(),
                "DORAMI_MEDIA", upstream.address(),
                "DORAMI_PLAY_GATE", upstream.address(),
                "DORAMI_ORIGINS", "https://shop.example"));
        http = nginx.newClient(HttpClient.Version.HTTP_2);
    }

    @AfterEach
    void end() {
        if (nginx != null) {
            http.close();
            nginx.close();
            upstream.close();
        }
    }

    @Test
    void oneUserHasTwentyCallsAtOnce() {
        assertAccepted(21, 10, call -> request("/api/cart").header("Cookie", COOKIE + "user"));
        assertAccepted(21, 10, call -> request("/api/cart").header("Authorization", "Bearer h.p.second"));
        // A public read, but with a bearer token: not cached, and an ordinary call.
        assertAccepted(21, 10, call -> request("/api/products").header("Authorization", "Bearer h.p.third"));
    }

    @Test
    void usersBehindOneAddressDoNotShareALimit() {
        assertThat(countAccepted(60, call -> request("/api/cart").header("Cookie", COOKIE + "user" + call % 3)))
                .isEqualTo(60);
    }

    @Test
    void newTokenForEachCallMeetsTheLimitOfTheAddress() {
        assertAccepted(201, 100, call -> request("/api/cart").header("Authorization", "Bearer h.p.forged" + call));
    }

    @Test
    void guestsBehindOneAddressPollAtOnce() {
        assertThat(countAccepted(900, call -> request("/api/products?streamKey=K" + call)))
                .isEqualTo(900);
    }

    @Test
    void socketsAndMediaHaveNoLimit() {
        for (String path : List.of("/socket.io/?EIO=4&transport=polling", "/hls/KEY.m3u8", "/live/live/KEY.flv")) {
            assertThat(countAccepted(250, call -> request(path).header("Cookie", COOKIE + "user")))
                    .as(path)
                    .isEqualTo(250);
        }
    }

    @Test
    void rejectedCallSaysWhenToRetry() {
        List<HttpResponse<String>> rejected = send(
                        60,
                        call -> request("/api/cart")
                                .header("Cookie", COOKIE + "user")
                                .header("Origin", "https://shop.example"))
                .stream()
                .filter(response -> response.statusCode() != 200)
                .toList();
        assertThat(rejected).isNotEmpty().allSatisfy(response -> {
            assertThat(response.statusCode()).isEqualTo(429);
            assertThat(response.body()).contains("\"errorCode\":\"RATE_LIMIT_EXCEEDED\"");
            assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(response.headers().firstValue("Access-Control-Allow-Origin"))
                    .hasValue("https://shop.example");
        });
    }

    /** Of 600 calls at once, the burst is accepted, and those that become due while the calls are sent. */
    private void assertAccepted(int burst, int perSecond, IntFunction<HttpRequest.Builder> request) {
        long start = System.nanoTime();
        long accepted = countAccepted(600, request);
        double seconds = (System.nanoTime() - start) / 1e9;
        assertThat(accepted).isBetween((long) burst, Math.round(burst + 1 + perSecond * seconds));
    }

    private long countAccepted(int calls, IntFunction<HttpRequest.Builder> request) {
        return send(calls, request).stream()
                .filter(response -> response.statusCode() == 200)
                .count();
    }

    private List<HttpResponse<String>> send(int calls, IntFunction<HttpRequest.Builder> request) {
        // Nginx allows 128 streams on a connection, and the client opens no second one.
        List<HttpResponse<String>> responses = new ArrayList<>();
        for (int first = 0; first < calls; first += 100) {
            List<CompletableFuture<HttpResponse<String>>> group = IntStream.range(first, Math.min(first + 100, calls))
                    .mapToObj(call -> http.sendAsync(request.apply(call).build(), BodyHandlers.ofString()))
                    .toList();
            group.forEach(response -> responses.add(response.join()));
        }
        return responses;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(nginx.url(path));
    }
}
