package io.dorami.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.local.CliError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessHoldTest {

    private final Process holder;

    @TempDir
    private Path folder = Path.of("");

    private ProcessHold hold = new ProcessHold(new PidFile(folder));

    ProcessHoldTest() throws IOException {
        holder = new ProcessBuilder("sleep", "600").start();
    }

    @BeforeEach
    void useFolder() {
        hold = new ProcessHold(new PidFile(folder.resolve("run/gateway.hold")));
    }

    @AfterEach
    void killHolder() {
        holder.destroyForcibly();
    }

    @Test
    void liveHolder_isReportedAndKeepsOthersOut() {
        assertThat(hold.holder()).isEmpty();

        hold.acquire(holder.toHandle());

        assertThat(hold.holder()).contains(holder.toHandle());
        assertThatThrownBy(() -> hold.acquire(ProcessHandle.current()))
                .isInstanceOf(CliError.class)
                .hasMessageContaining("process " + holder.pid());
    }

    @Test
    void killedHolder_leavesHoldFree() {
        hold.acquire(holder.toHandle());

        holder.destroyForcibly().onExit().join();

        assertThat(hold.holder()).isEmpty();
        hold.acquire(ProcessHandle.current());
        assertThat(hold.holder()).contains(ProcessHandle.current());
    }

    @Test
    void foreignProcessWithSameId_isNoHolder() throws IOException {
        long anHourAgo = System.currentTimeMillis() - Duration.ofHours(1).toMillis();
        Files.createDirectories(folder.resolve("run"));
        Files.writeString(hold.file().path(), holder.pid() + " " + anHourAgo + " TERM\n");

        assertThat(hold.holder()).isEmpty();
    }

    @Test
    void release_leavesNoFile() {
        hold.acquire(holder.toHandle());

        hold.release();

        assertThat(hold.holder()).isEmpty();
        assertThat(hold.file().path()).doesNotExist();
    }
}
