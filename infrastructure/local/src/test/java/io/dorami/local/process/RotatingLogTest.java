package io.dorami.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatingLogTest {

    private static final int MEGABYTE = 1 << 20;

    @Test
    void keepsOnePredecessor(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("process.log");
        String line = "x".repeat(MEGABYTE);
        try (RotatingLog log = new RotatingLog(file)) {
            for (int written = 0; written < 40; written++) {
                log.write(line);
            }
            log.write("the last line");
        }

        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("process.log", "process.log.1");
        assertThat(Files.size(file) + Files.size(folder.resolve("process.log.1")))
                .isLessThan(24L * MEGABYTE);
        assertThat(RotatingLog.tail(file, 1)).containsExactly("the last line");
    }
}
