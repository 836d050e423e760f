package io.dorami.local.cli;

import io.dorami.local.process.PidFile;
import io.dorami.local.system.DataFolder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code dorami down}: stops the launcher, and the processes that a killed launcher left. */
@Command(name = "down", description = "Stops everything.", mixinStandardHelpOptions = true)
final class DownCommand implements Callable<Integer> {

    // The launcher stops demos and three stages, each within 10 s before and 5 s after the kill; 5 s are reserve.
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(65);

    @Mixin
    private DataOption data = new DataOption();

    @Override
    public Integer call() {
        DataFolder folder = data.folder();
        boolean running = folder.launcherPidFile().process().isPresent();
        PidFile.stop(List.of(folder.launcherPidFile()), STOP_TIMEOUT);
        List<String> orphans = folder.stopOrphans();
        if (running) {
            System.out.println("Dorami is down.");
        } else {
            System.out.println(
                    orphans.isEmpty()
                            ? "Nothing was running."
                            : "Stopped orphaned processes: " + String.join(", ", orphans));
        }
        return 0;
    }
}
