package io.dorami.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTest {

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

    @TempDir
    private Path folder = Path.of("");

    private DataFolder data = new DataFolder(folder);
    private Supervisor supervisor = new Supervisor(data, new Console(new PrintStream(screen), true));

    @BeforeEach
    void useFolder() {
        data = new DataFolder(folder);
        supervisor = new Supervisor(data, new Console(new PrintStream(screen, true, StandardCharsets.UTF_8), true));
    }

    @AfterEach
    void stop() {
        supervisor.stop();
    }

    @Test
    void startsAKilledProcessAgain() {
        supervisor.start(List.of(shell("steady", "exec sleep 600")));
        ProcessHandle first = await().until(() -> data.pid("steady").process(), Optional::isPresent)
                .orElseThrow();

        first.destroyForcibly();

        ProcessHandle second = await().until(
                        () -> data.pid("steady").process().filter(process -> process.pid() != first.pid()),
                        Optional::isPresent)
                .orElseThrow();
        assertThat(second.isAlive()).isTrue();
        assertThat(screen.toString(StandardCharsets.UTF_8)).contains("ended with code 137; starting again in 0.5 s");
    }

    @Test
    void keepsTryingWithGrowingPausesAndKeepsTheOutput() {
        supervisor.start(List.of(shell("hopeless", "echo tried; exit 3")));

        // The fourth start is after 0.5 + 1 + 2 s.
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Files.exists(data.log("hopeless"))
                        && Files.readAllLines(data.log("hopeless")).size() >= 4);
        assertThat(screen.toString(StandardCharsets.UTF_8))
                .contains(
                        "hopeless", "tried", "ended with code 3", "again in 0.5 s", "again in 1.0 s", "again in 2.0 s");
    }

    @Test
    void endsEveryProcessAndLeavesNoFile() {
        supervisor.start(List.of(shell("below", "exec sleep 600")));
        supervisor.start(List.of(shell("one", "exec sleep 600"), shell("two", "exec sleep 600")));
        List<ProcessHandle> processes = List.of("below", "one", "two").stream()
                .map(name -> await().until(() -> data.pid(name).process(), Optional::isPresent)
                        .orElseThrow())
                .toList();

        supervisor.stop();

        await().until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(folder.resolve("run")).isEmptyDirectory();
    }

    @Test
    void endsWhatAKilledLauncherLeft() throws IOException {
        Process left = shell("gateway", "exec sleep 600").start();
        data.pid("gateway").write(left.toHandle(), ProcessSpec.TERMINATE);

        assertThat(data.endLeftovers()).containsExactly("gateway");

        await().until(() -> !left.isAlive());
    }

    private ProcessSpec shell(String name, String script) {
        return new ProcessSpec(name, List.of("sh", "-c", script), Map.of(), folder, ProcessSpec.TERMINATE);
    }
}
