package io.dorami.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Process process;

    PidFileTest() throws IOException {
        process = new ProcessBuilder("sleep", "600").start();
    }

    @AfterEach
    void end() {
        process.destroyForcibly();
    }

    @Test
    void endsTheProcessItNames(@TempDir Path folder) {
        PidFile file = new PidFile(folder.resolve("part.pid"));
        file.write(process.toHandle(), ProcessSpec.TERMINATE);

        PidFile.end(List.of(file), PATIENCE);

        await().until(() -> !process.isAlive());
        assertThat(file.path()).doesNotExist();
    }

    @Test
    void leavesAForeignProcessWithTheSameIdAlone(@TempDir Path folder) throws IOException {
        PidFile file = new PidFile(folder.resolve("part.pid"));
        long anHourBefore = System.currentTimeMillis() - Duration.ofHours(1).toMillis();
        Files.writeString(file.path(), process.pid() + " " + anHourBefore + " TERM\n");

        assertThat(file.process()).isEmpty();
        PidFile.end(List.of(file), PATIENCE);

        assertThat(process.isAlive()).isTrue();
        assertThat(file.path()).doesNotExist();
    }

    @Test
    void killsWhatDoesNotEnd(@TempDir Path folder) throws IOException {
        Process stubborn =
                new ProcessBuilder("sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 600; done").start();
        assertThat(stubborn.inputReader().readLine()).isEqualTo("deaf");
        PidFile file = new PidFile(folder.resolve("part.pid"));
        file.write(stubborn.toHandle(), ProcessSpec.TERMINATE);
        List<ProcessHandle> children = stubborn.children().toList();

        PidFile.end(List.of(file), Duration.ofMillis(200));

        await().until(() -> !stubborn.isAlive());
        children.forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void namesNobodyWhenItIsDamaged(@TempDir Path folder) throws IOException {
        PidFile file = new PidFile(Files.writeString(folder.resolve("part.pid"), "12"));

        assertThat(file.process()).isEmpty();
    }
}
