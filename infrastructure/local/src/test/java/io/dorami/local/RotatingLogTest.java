package io.dorami.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatingLogTest {

    private static final int MEGABYTE = 1 << 20;

    @Test
    void keepsOnePredecessorHoweverMuchIsWritten(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("part.log");
        String line = "x".repeat(MEGABYTE);
        try (RotatingLog log = new RotatingLog(file)) {
            for (int written = 0; written < 40; written++) {
                log.write(line);
            }
            log.write("the last line");
        }

        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("part.log", "part.log.1");
        assertThat(Files.size(file) + Files.size(folder.resolve("part.log.1"))).isLessThan(24L * MEGABYTE);
        assertThat(RotatingLog.tail(file, 1)).containsExactly("the last line");
    }
}
