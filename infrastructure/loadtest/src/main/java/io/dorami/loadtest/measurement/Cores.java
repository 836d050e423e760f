package io.dorami.loadtest.measurement;

import io.dorami.local.CliError;
import io.dorami.local.process.Executables;
import io.dorami.local.process.ProcessSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Assignment of CPU cores: the last core for the server alone, the first for the load, and the cores between for all
 * other processes; with two cores those share the load's core. So the server's CPU time is not disturbed.
 *
 * @param count number of cores of this machine
 */
public record Cores(int count) {

    public static Cores ofThisMachine() {
        Cores cores = new Cores(Runtime.getRuntime().availableProcessors());
        if (cores.count < 2 || Executables.find("taskset").isEmpty()) {
            throw new CliError(
                    "A load run needs two cores, one each for server and load, and taskset: apt install util-linux.");
        }
        return cores;
    }

    int serverCore() {
        return count - 1;
    }

    int loadCore() {
        return 0;
    }

    /** Pins the process to the server's core from its start. */
    public ProcessSpec onServerCore(ProcessSpec spec) {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", String.valueOf(serverCore())));
        command.addAll(spec.command());
        return new ProcessSpec(spec.name(), command, spec.environment(), spec.folder(), spec.signal());
    }

    /** Pins this process, without its children, which are the servers. */
    public void pinLoad() {
        pin(List.of(ProcessHandle.current()), String.valueOf(loadCore()));
    }

    /** Pins a running process and its children to the remaining cores. */
    public void pinOther(ProcessHandle process) {
        List<ProcessHandle> tree = new ArrayList<>(process.descendants().toList());
        tree.add(process);
        pin(tree, count > 2 ? "1-" + (count - 2) : String.valueOf(loadCore()));
    }

    private static void pin(List<ProcessHandle> processes, String cores) {
        for (ProcessHandle process : processes) {
            try {
                new ProcessBuilder("taskset", "-acp", cores, String.valueOf(process.pid()))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
            } catch (IOException e) {
                throw new CliError("taskset failed: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
