package io.dorami.endtoend.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dorami.endtoend.streams.StreamReplicas.Show;
import io.dorami.endtoend.system.NginxProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HLS of private streams through a real Nginx and a real srs-hook-service; a local HTTP server replaces SRS. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PrivateStreamIT {

    private final List<String> servedPaths = new CopyOnWriteArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private HttpServer media;
    private StreamReplicas replicas;
    private NginxProxy nginx;
    private Show show;
    private Show other;

    @BeforeAll
    void start() throws IOException {
        assumeTrue(NginxProxy.isInstalled(), "Nginx is not installed");
        media = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        media.createContext("/live/", this::serve);
        media.start();
        replicas = new StreamReplicas(1, Map.of());
        String srs = "127.0.0.1:" + media.getAddress().getPort();
        nginx = new NginxProxy(
                Map.of("DORAMI_GATEWAY", srs, "DORAMI_MEDIA", srs, "DORAMI_PLAY_GATE", replicas.authority()));
        show = replicas.newShow(true);
        other = replicas.newShow(true);
    }

    @AfterAll
    void end() throws Exception {
        http.close();
        if (media != null) {
            media.stop(0);
        }
        if (replicas != null) {
            replicas.close();
        }
        if (nginx != null) {
            nginx.close();
        }
    }

    @BeforeEach
    void clearServedPaths() {
        servedPaths.clear();
    }

    @Test
    void withoutInvitation_playlistAndSegmentsAreForbidden() throws Exception {
        for (String path : List.of(playlist(), segment())) {
            for (String query :
                    List.of("", "?token=", "?token=x", "?token=" + show.token(), "?token=" + token(other))) {
                assertThat(get(path + query, "").statusCode()).as(path + query).isEqualTo(403);
            }
            assertThat(get(path, cookie(other, token(other))).statusCode()).isEqualTo(403);
            assertThat(get(path, cookie(show, token(other))).statusCode()).isEqualTo(403);
        }
        assertThat(servedPaths).noneMatch(path -> path.contains(show.key()));
    }

    @Test
    void invitationOpensPlaylistAndCookieSegments() throws Exception {
        HttpResponse<String> playlist = get(playlist() + "?token=" + token(show), "");
        assertThat(playlist.statusCode()).isEqualTo(200);
        assertThat(playlist.body()).isEqualTo("/live/" + show.key() + ".m3u8");
        assertThat(playlist.headers().firstValue("Cache-Control")).contains("private, no-cache");
        String cookie = playlist.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("Path=/hls/", "HttpOnly");

        String sent = cookie.substring(0, cookie.indexOf(';'));
        HttpResponse<String> segment = get(segment(), sent);
        assertThat(segment.statusCode()).isEqualTo(200);
        assertThat(segment.body()).isEqualTo("/live/" + show.key() + "-1795330256671-3.ts");
        assertThat(get(playlist(), sent).statusCode()).isEqualTo(200);
        assertThat(get("/hls/" + other.key() + ".m3u8", sent).statusCode()).isEqualTo(403);
    }

    @Test
    void publicStreamIsServedWithoutCheck() throws Exception {
        String key = replicas.newShow(false).key();
        for (String file : List.of(key + ".m3u8", key + "-1795330256671-3.ts")) {
            HttpResponse<String> response = get("/hls/" + file, "");
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Set-Cookie")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/hls/%s.ts",
                "/hls/%s-1.ts",
                "/hls/%s-1-x.ts",
                "/hls/%s.m3u8/",
                "/hls/x/../%s-1-1.ts",
                "/hls/%%2e/%s-1-1.ts",
                "/hls//%s-1-1.ts",
                "/hls/%s-1-1%%2ets",
                "/hls/%s.M3U8"
            })
    void otherPathSpellings_areForbidden(String path) throws Exception {
        assertThat(get(path.formatted(show.key()), "").statusCode()).isIn(403, 404);
        String encoded = "%70" + show.key().substring(1);
        assertThat(get(path.formatted(encoded), "").statusCode()).isIn(403, 404);
        assertThat(servedPaths)
                .noneMatch(servedPath -> servedPath.contains(show.key()) && servedPath.endsWith("-1-1.ts"));
    }

    @Test
    void playGateIsInternal() throws Exception {
        String query = "?key=" + show.key() + "&token=" + token(show);
        assertThat(get("/play-gate" + query, "").statusCode()).isEqualTo(404);
        assertThat(get("/api/srs/play-gate" + query, "").statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> get(String path, String cookie) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(nginx.url(path));
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private String token(Show stream) {
        JsonNode invitation = replicas.call(
                        "POST", "/api/streaming/" + stream.id() + "/invitations", StreamReplicas.seller(), null)
                .body();
        return invitation.path("data").path("token").asText();
    }

    private String playlist() {
        return "/hls/" + show.key() + ".m3u8";
    }

    private String segment() {
        return "/hls/" + show.key() + "-1795330256671-3.ts";
    }

    private static String cookie(Show show, String token) {
        return "play-" + show.key() + "=" + token;
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        servedPaths.add(path);
        byte[] body = path.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
