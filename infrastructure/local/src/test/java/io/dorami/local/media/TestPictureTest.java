package io.dorami.local.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dorami.local.process.Executables;
import io.dorami.local.process.Poll;
import io.dorami.local.process.PortProbe;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestPictureTest {

    private static final Pattern SEGMENT = Pattern.compile("(?m)^KEYA-\\d+-\\d+\\.ts$");

    @TempDir
    private Path folder;

    private final int port = PortProbe.findFree();
    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void pictureIsWrittenAsHlsServedAndDeleted() throws Exception {
        Optional<Path> ffmpeg = Executables.find("ffmpeg");
        assumeTrue(ffmpeg.isPresent(), "FFmpeg is not installed");
        HlsFileServer.start(folder, port);
        Process process = new TestPicture(ffmpeg.get())
                .writeHls("KEYA", folder, Duration.ofSeconds(30))
                .start(folder.resolve("ffmpeg.log"));
        try {
            Path playlist = folder.resolve("live/KEYA.m3u8");
            assertThat(Poll.until(Duration.ofSeconds(20), () -> Files.exists(playlist)))
                    .as("first segment")
                    .isTrue();
        } finally {
            process.destroy();
            process.waitFor();
        }
        assertThat(folder.resolve("ffmpeg.log")).isEmptyFile();

        HttpResponse<byte[]> playlist = get("GET", "/live/KEYA.m3u8");
        assertThat(playlist.headers().firstValue("Content-Type")).contains("application/vnd.apple.mpegurl");
        String text = new String(playlist.body(), StandardCharsets.UTF_8);
        assertThat(text).contains("#EXT-X-PROGRAM-DATE-TIME:").doesNotContain("#EXT-X-ENDLIST");
        String name = SEGMENT.matcher(text)
                .results()
                .map(MatchResult::group)
                .findFirst()
                .orElseThrow();
        HttpResponse<byte[]> segment = get("GET", "/live/" + name);
        assertThat(segment.headers().firstValue("Content-Type")).contains("video/mp2t");
        assertThat(segment.body())
                .isEqualTo(Files.readAllBytes(folder.resolve("live").resolve(name)));
        assertThat(get("HEAD", "/live/" + name).headers().firstValueAsLong("Content-Length"))
                .hasValue(segment.body().length);

        TestPicture.deleteHls("KEYA", folder);
        assertThat(folder.resolve("live")).isEmptyDirectory();
        assertThat(get("GET", "/live/KEYA.m3u8").statusCode()).isEqualTo(404);
        assertThat(get("GET", "/live/../ffmpeg.log").statusCode()).isEqualTo(404);
    }

    private HttpResponse<byte[]> get(String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return http.send(request, BodyHandlers.ofByteArray());
    }
}
