package io.dorami.endtoend.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads received media with FFmpeg: its codecs, and the clock in the demo's picture (see the launcher's TestPicture). */
record TestPictureReader(Path file) {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 1_280;
    private static final int CLOCK_SQUARES = 18;
    private static final long CLOCK_PERIOD_MILLIS = 65_536 * 100L;

    /** Stores media for reading. */
    static TestPictureReader of(byte[] media) throws IOException {
        Path file = Files.createTempFile("dorami-picture", ".media");
        file.toFile().deleteOnExit();
        return new TestPictureReader(Files.write(file, media));
    }

    /** Names of the codecs, as ffprobe lists them. */
    List<String> codecs() throws IOException {
        byte[] names = run("ffprobe", "-show_entries", "stream=codec_name", "-of", "csv=p=0");
        return new String(names, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .distinct()
                .toList();
    }

    /** The time since the first frame of these media was drawn. */
    Duration age() throws IOException {
        byte[] pixels = run("ffmpeg", "-nostdin", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-");
        assertThat(pixels).hasSize(WIDTH * HEIGHT);
        long now = Instant.now().toEpochMilli();
        assertThat(isWhite(pixels, 0)).as("first square").isTrue();
        assertThat(isWhite(pixels, CLOCK_SQUARES - 1)).as("last square").isFalse();
        long tenths = 0;
        for (int square = 1; square < CLOCK_SQUARES - 1; square++) {
            tenths = 2 * tenths + (isWhite(pixels, square) ? 1 : 0);
        }
        return Duration.ofMillis(Math.floorMod(now - tenths * 100, CLOCK_PERIOD_MILLIS));
    }

    private static boolean isWhite(byte[] pixels, int square) {
        int x = (2 * square + 1) * WIDTH / (2 * CLOCK_SQUARES);
        return Byte.toUnsignedInt(pixels[HEIGHT / 64 * WIDTH + x]) > 127;
    }

    private byte[] run(String program, String... options) throws IOException {
        // The last frame of a stream that was cut is not complete, which is an error but not a fatal one.
        List<String> command = new ArrayList<>(List.of(program, "-v", "fatal", "-i", file.toString()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return process.getInputStream().readAllBytes();
    }
}
