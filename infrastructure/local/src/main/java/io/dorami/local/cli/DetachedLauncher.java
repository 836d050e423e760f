package io.dorami.local.cli;

import io.dorami.local.CliError;
import io.dorami.local.process.Executables;
import io.dorami.local.process.Poll;
import io.dorami.local.system.DataFolder;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts the launcher in its own session, and shows its output until the system is ready. */
final class DetachedLauncher {

    // Twice 90 s of readiness checks, after 4 times 15 s for orphaned processes; beyond that the launcher is stuck.
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(240);

    private DetachedLauncher() {}

    /** Starts {@code dorami up} with the options. */
    static int start(DataFolder folder, List<String> options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        // A new session, so that closing the terminal does not stop the launcher; nohup if there is no setsid (macOS).
        command.add(Executables.find("setsid", "nohup").map(Path::toString).orElse("nohup"));
        command.addAll(List.of(Executables.java(), "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.add("-Ddorami.home=" + System.getProperty("dorami.home", "."));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Dorami.class.getName()));
        command.addAll(List.of("up", "--background", "--data", folder.path().toString()));
        command.addAll(options);
        Path log = folder.log("dorami");
        Files.createDirectories(log.getParent());
        folder.setAddress(null); // the address of a killed launcher would look like readiness
        Process launcher = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try (InputStream output = Files.newInputStream(log)) {
            boolean finished = Poll.until(READY_TIMEOUT, () -> {
                boolean done = !launcher.isAlive() || folder.address().isPresent();
                return copyOutput(output) && done;
            });
            if (!finished) {
                throw new CliError("The system is not ready after " + READY_TIMEOUT.toSeconds()
                        + " s. Run ./dorami down to stop it.");
            }
            if (launcher.isAlive()) {
                return 0;
            }
            copyOutput(output);
            return Math.max(1, launcher.waitFor());
        }
    }

    /** Copies the available output; always returns true. */
    private static boolean copyOutput(InputStream output) {
        try {
            output.transferTo(System.out);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
