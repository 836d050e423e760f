package io.dorami.local.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.local.process.PidFile;
import io.dorami.local.process.ProcessHold;
import io.dorami.local.process.ProcessSpec;
import io.dorami.local.system.DataFolder;
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

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @TempDir
    private Path folder = Path.of("");

    private DataFolder data = new DataFolder(folder);
    private Supervisor supervisor = new Supervisor(data, new Console(new PrintStream(output), true));

    @BeforeEach
    void useFolder() {
        data = new DataFolder(folder);
        supervisor = new Supervisor(data, new Console(new PrintStream(output, true, StandardCharsets.UTF_8), true));
    }

    @AfterEach
    void stop() {
        supervisor.stop();
    }

    @Test
    void killedProcess_isRestarted() {
        supervisor.start(List.of(shell("steady", "exec sleep 600")));
        ProcessHandle first = await().until(() -> data.pidFile("steady").process(), Optional::isPresent)
                .orElseThrow();

        first.destroyForcibly();

        ProcessHandle second = await().until(
                        () -> data.pidFile("steady").process().filter(process -> process.pid() != first.pid()),
                        Optional::isPresent)
                .orElseThrow();
        assertThat(second.isAlive()).isTrue();
        assertThat(output.toString(StandardCharsets.UTF_8)).contains("exited with code 137; restarting in 0.5 s");
    }

    @Test
    void failingProcess_isRestartedWithBackoff() {
        supervisor.start(List.of(shell("failing", "echo tried; exit 3")));

        // The fourth start follows after 0.5 + 1 + 2 s.
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Files.exists(data.log("failing"))
                        && Files.readAllLines(data.log("failing")).size() >= 4);
        assertThat(output.toString(StandardCharsets.UTF_8))
                .contains(
                        "failing",
                        "tried",
                        "exited with code 3",
                        "restarting in 0.5 s",
                        "restarting in 1.0 s",
                        "restarting in 2.0 s");
    }

    @Test
    void stop_endsEveryProcessAndLeavesNoFile() {
        supervisor.start(List.of(shell("below", "exec sleep 600")));
        supervisor.start(List.of(shell("one", "exec sleep 600"), shell("two", "exec sleep 600")));
        List<ProcessHandle> processes = List.of("below", "one", "two").stream()
                .map(name -> await().until(() -> data.pidFile(name).process(), Optional::isPresent)
                        .orElseThrow())
                .toList();

        supervisor.stop();

        await().until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(folder.resolve("run")).isEmptyDirectory();
    }

    @Test
    void orphansOfKilledLauncher_areStopped() throws IOException {
        Process orphan = shell("gateway", "exec sleep 600").start();
        data.pidFile("gateway").write(orphan.toHandle(), ProcessSpec.TERMINATE);

        assertThat(data.stopOrphans()).containsExactly("gateway");

        await().until(() -> !orphan.isAlive());
    }

    @Test
    void heldProcess_runsOnlyAfterTheHolderHasExited() throws IOException {
        Process holder = shell("holder", "exec sleep 600").start();
        data.hold("steady").acquire(holder.toHandle());
        supervisor.start(List.of(shell("steady", "exec sleep 600")));
        await().until(() -> output.toString(StandardCharsets.UTF_8).contains("replaced by ./dorami dev"));
        assertThat(data.process("steady")).isEmpty();

        Process replacement = shell("replacement", "exec sleep 600").start();
        data.pidFile("steady").write(replacement.toHandle(), ProcessSpec.TERMINATE);
        holder.destroyForcibly();

        await().until(
                        () -> data.process("steady").filter(process -> process.pid() != replacement.pid()),
                        Optional::isPresent);
        assertThat(replacement.isAlive())
                .as("the replacement left by the killed holder")
                .isFalse();
    }

    @Test
    void processEndedForAHolder_isNotRestarted() throws IOException {
        supervisor.start(List.of(shell("steady", "exec sleep 600")));
        ProcessHandle first =
                await().until(() -> data.process("steady"), Optional::isPresent).orElseThrow();
        Process holder = shell("holder", "exec sleep 600").start();
        ProcessHold hold = data.hold("steady");

        hold.acquire(holder.toHandle());
        PidFile.stop(List.of(data.pidFile("steady")), ProcessSpec.SHUTDOWN_TIMEOUT);
        await().until(() -> output.toString(StandardCharsets.UTF_8).contains("replaced by ./dorami dev"));
        assertThat(data.process("steady")).isEmpty();
        assertThat(output.toString(StandardCharsets.UTF_8)).doesNotContain("restarting");

        hold.release();
        ProcessHandle second =
                await().until(() -> data.process("steady"), Optional::isPresent).orElseThrow();
        assertThat(second).isNotEqualTo(first);
        holder.destroyForcibly();
    }

    @Test
    void stop_endsTheReplacementOfAServiceFirst() throws IOException {
        supervisor.start(List.of(shell("below", "exec sleep 600")));
        ProcessHandle below =
                await().until(() -> data.process("below"), Optional::isPresent).orElseThrow();
        supervisor.start(List.of());
        Path order = folder.resolve("order");
        Process holder = shell(
                        "holder",
                        "trap 'kill -0 %d && echo first > %s; exit' TERM; echo ready; while :; do sleep 0.1; done"
                                .formatted(below.pid(), order))
                .start();
        assertThat(holder.inputReader().readLine()).isEqualTo("ready");
        data.hold("gateway").acquire(holder.toHandle());

        supervisor.stop();

        assertThat(holder.onExit().join().isAlive()).isFalse();
        assertThat(order).hasContent("first");
        assertThat(folder.resolve("run")).isEmptyDirectory();
    }

    private ProcessSpec shell(String name, String script) {
        return new ProcessSpec(name, List.of("sh", "-c", script), Map.of(), folder, ProcessSpec.TERMINATE);
    }
}
