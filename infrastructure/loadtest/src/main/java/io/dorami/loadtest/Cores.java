package io.dorami.loadtest;

import io.dorami.local.CliError;
import io.dorami.local.Executables;
import io.dorami.local.ProcessSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which core does what: the last one is the server's alone, the first the load's, and what else there is runs on the cores
 * between, or where there are none beside the load. So the server's CPU time is the server's.
 *
 * @param count cores of this machine
 */
record Cores(int count) {

    static Cores ofThisMachine() {
        Cores cores = new Cores(Runtime.getRuntime().availableProcessors());
        if (cores.count < 2 || Executables.find("taskset").isEmpty()) {
            throw new CliError("Server and load need a core each: two cores, and taskset (apt install util-linux).");
        }
        return cores;
    }

    int server() {
        return count - 1;
    }

    int load() {
        return 0;
    }

    /** A part that starts on the server's core and stays there. */
    ProcessSpec onServer(ProcessSpec part) {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", String.valueOf(server())));
        command.addAll(part.command());
        return new ProcessSpec(part.name(), command, part.environment(), part.folder(), part.signal());
    }

    /** This process alone: the servers are its children, and stay where they are. */
    void pinLoad() {
        pin(List.of(ProcessHandle.current()), String.valueOf(load()));
    }

    /** A process that runs already, and its children. */
    void pinOther(ProcessHandle process) {
        List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
        family.add(process);
        pin(family, count > 2 ? "1-" + (count - 2) : String.valueOf(load()));
    }

    private static void pin(List<ProcessHandle> processes, String cores) {
        for (ProcessHandle one : processes) {
            try {
                new ProcessBuilder("taskset", "-acp", cores, String.valueOf(one.pid()))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
            } catch (IOException e) {
                throw new CliError("taskset does not run: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
