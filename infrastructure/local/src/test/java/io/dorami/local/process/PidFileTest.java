package io.dorami.local.process;

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

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Process process;

    PidFileTest() throws IOException {
        process = new ProcessBuilder("sleep", "600").start();
    }

    @AfterEach
    void killProcess() {
        process.destroyForcibly();
    }

    @Test
    void stop_endsNamedProcess(@TempDir Path folder) {
        PidFile file = new PidFile(folder.resolve("process.pid"));
        file.write(process.toHandle(), ProcessSpec.TERMINATE);

        PidFile.stop(List.of(file), TIMEOUT);

        await().until(() -> !process.isAlive());
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void fileHoldsProcessIdAlone(@TempDir Path folder) {
        PidFile file = new PidFile(folder.resolve("process.pid"));
        file.write(process.toHandle(), ProcessSpec.TERMINATE);

        assertThat(file.path()).hasContent(Long.toString(process.pid()));
        assertThat(file.process()).contains(process.toHandle());
    }

    @Test
    void fileOfVersionBeforeIsUnderstood(@TempDir Path folder) throws IOException {
        PidFile file = new PidFile(folder.resolve("process.pid"));
        long start = process.info().startInstant().orElseThrow().toEpochMilli();
        Files.writeString(file.path(), process.pid() + " " + start + " TERM\n");

        assertThat(file.process()).contains(process.toHandle());
    }

    @Test
    void stop_sparesForeignProcessWithSameId(@TempDir Path folder) throws IOException {
        PidFile file = new PidFile(folder.resolve("process.pid"));
        long anHourAgo = System.currentTimeMillis() - Duration.ofHours(1).toMillis();
        Files.writeString(file.path(), process.pid() + " " + anHourAgo + " TERM\n");

        assertThat(file.process()).isEmpty();
        PidFile.stop(List.of(file), TIMEOUT);

        assertThat(process.isAlive()).isTrue();
        assertThat(file.path()).doesNotExist();
    }

    @Test
    void stop_killsProcessThatIgnoresTerm(@TempDir Path folder) throws IOException {
        Process stubborn =
                new ProcessBuilder("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 600; done").start();
        assertThat(stubborn.inputReader().readLine()).isEqualTo("ready");
        PidFile file = new PidFile(folder.resolve("process.pid"));
        file.write(stubborn.toHandle(), ProcessSpec.TERMINATE);
        List<ProcessHandle> children = stubborn.children().toList();

        PidFile.stop(List.of(file), Duration.ofMillis(200));

        await().until(() -> !stubborn.isAlive());
        children.forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void damagedFile_namesNoProcess(@TempDir Path folder) throws IOException {
        PidFile file = new PidFile(Files.writeString(folder.resolve("process.pid"), "12"));

        assertThat(file.process()).isEmpty();
    }
}
