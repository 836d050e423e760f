package io.dorami.endtoend.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.endtoend.system.RunningSystem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A demo that runs until it is stopped, and its media as viewers get them from the gateway. */
final class RunningDemo implements AutoCloseable {

    /** Longer than the start of FFmpeg and the first segments take on a busy machine. */
    private static final Duration MEDIA_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration FLV_START_TIMEOUT = Duration.ofSeconds(5);

    private static final Pattern SHOW_URL = Pattern.compile("/live/([A-Za-z0-9_-]+)");
    private static final Pattern SEGMENT = Pattern.compile("(?m)^[A-Za-z0-9_-]+-\\d+-\\d+\\.ts$");

    private final HttpClient http = HttpClient.newHttpClient();
    private final RunningSystem system;
    private final Process process;
    private final String key;

    /** Starts the demo, and returns when its show is live. */
    RunningDemo(RunningSystem system) throws IOException {
        this.system = system;
        process = system.doramiCommand("demo", "--seconds", "300", "--viewers", "2")
                .start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder lines = new StringBuilder();
        Matcher address = SHOW_URL.matcher("");
        while (!address.find()) {
            String line = output.readLine();
            assertThat(line).as("output of the demo: %s", lines).isNotNull();
            lines.append(line).append('\n');
            address.reset(line);
        }
        key = address.group(1);
    }

    String key() {
        return key;
    }

    /** Status of the stream. */
    String status() {
        return system.get("/api/streaming/key/" + key + "/status")
                .data()
                .path("status")
                .asText();
    }

    /** Waits for a playlist with two segments. */
    String awaitPlaylist() {
        return await("the playlist")
                .atMost(MEDIA_TIMEOUT)
                .failFast(() -> !process.isAlive())
                .until(
                        () -> new String(get(playlistPath()).body(), StandardCharsets.UTF_8),
                        playlist -> SEGMENT.matcher(playlist).results().count() >= 2);
    }

    /** The newest segment of a playlist. */
    byte[] newestSegment(String playlist) throws IOException, InterruptedException {
        String name = SEGMENT.matcher(playlist)
                .results()
                .reduce((first, second) -> second)
                .orElseThrow()
                .group();
        HttpResponse<byte[]> segment = get("/hls/" + name);
        assertThat(segment.statusCode()).isEqualTo(200);
        assertThat(segment.headers().firstValue("Content-Type").orElse("")).isEqualToIgnoringCase("video/mp2t");
        return segment.body();
    }

    /**
     * Waits until HTTP-FLV flows, and returns its start. Every 3 s SRS forgets the sources without a publisher, and with
     * them one whose on_publish hook is running, as the first hook of a cold service is for long: FLV viewers then get
     * nothing until the encoder connects again. Therefore an encoder without FLV is killed, and the demo restarts it.
     */
    byte[] awaitFlv(int bytes) {
        return await("HTTP-FLV")
                .atMost(MEDIA_TIMEOUT)
                .failFast(() -> !process.isAlive())
                .until(() -> readFlv(bytes), Optional::isPresent)
                .orElseThrow();
    }

    private Optional<byte[]> readFlv(int bytes) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(system.url("/live/live/" + key + ".flv"))
                .timeout(FLV_START_TIMEOUT)
                .build();
        try (InputStream media =
                http.send(request, BodyHandlers.ofInputStream()).body()) {
            return Optional.of(media.readNBytes(bytes)).filter(start -> start.length == bytes);
        } catch (HttpTimeoutException e) {
            encoders().forEach(ProcessHandle::destroyForcibly);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    int playlistStatus() throws IOException, InterruptedException {
        return get(playlistPath()).statusCode();
    }

    /** Stops the demo, as {@code ./dorami down} does. */
    void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    /** Processes that the demo started. */
    List<ProcessHandle> encoders() {
        return process.descendants().toList();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
        http.close();
    }

    private String playlistPath() {
        return "/hls/" + key + ".m3u8";
    }

    private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(system.url(path)).build(), BodyHandlers.ofByteArray());
    }
}
