package io.dorami.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What one process of the system is.
 *
 * @param signal what asks it to end in good order
 */
public record ProcessSpec(
        String name, List<String> command, Map<String, String> environment, Path folder, String signal) {

    public static final String TERMINATE = "TERM";
    static final String INTERRUPT = "INT";

    public ProcessSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** Starts the process, its errors joined to its output. */
    Process start() throws IOException {
        return builder().start();
    }

    /** Starts the process with its output in a file. */
    Process start(Path output) throws IOException {
        return builder().redirectOutput(output.toFile()).start();
    }

    private ProcessBuilder builder() throws IOException {
        List<String> line = new ArrayList<>();
        // A session of its own: a Ctrl-C in the terminal reaches the launcher only, which ends the parts in order.
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
