package io.dorami.local;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code dorami down}: ends the launcher and whatever a killed one left. */
@Command(name = "down", description = "Stops everything.", mixinStandardHelpOptions = true)
final class DownCommand implements Callable<Integer> {

    // The launcher ends three stages, each with 10 s before and up to 5 s after the kill; and a little more.
    private static final Duration PATIENCE = Duration.ofSeconds(50);

    @Mixin
    private DataOption data = new DataOption();

    @Override
    public Integer call() {
        DataFolder folder = data.folder();
        boolean running = folder.launcher().process().isPresent();
        PidFile.end(List.of(folder.launcher()), PATIENCE);
        List<String> left = folder.endLeftovers();
        if (running) {
            System.out.println("Dorami is down.");
        } else {
            System.out.println(
                    left.isEmpty() ? "Nothing was running." : "Ended what was left: " + String.join(", ", left));
        }
        return 0;
    }
}
