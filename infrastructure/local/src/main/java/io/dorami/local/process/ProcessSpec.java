package io.dorami.local.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Specification of a process: how to start it, and how to stop it.
 *
 * @param signal requests a graceful shutdown
 */
public record ProcessSpec(
        String name, List<String> command, Map<String, String> environment, Path folder, String signal) {

    public static final String TERMINATE = "TERM";
    public static final String INTERRUPT = "INT";

    /** Time to drain before a service is killed; Redis and PostgreSQL get the same, one after the other. */
    public static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(10);

    public ProcessSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** Starts the process with standard error merged into standard output. */
    public Process start() throws IOException {
        return builder().start();
    }

    /** Starts the process with its output redirected to a file. */
    public Process start(Path output) throws IOException {
        return builder().redirectOutput(output.toFile()).start();
    }

    private ProcessBuilder builder() throws IOException {
        List<String> line = new ArrayList<>();
        // In its own session: Ctrl-C in the terminal reaches the launcher only, which stops the processes in order.
        Executables.find("setsid").ifPresent(setsid -> line.add(setsid.toString()));
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(Files.createDirectories(folder).toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        return builder;
    }
}
