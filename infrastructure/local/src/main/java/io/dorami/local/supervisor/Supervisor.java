package io.dorami.local.supervisor;

import io.dorami.local.CliError;
import io.dorami.local.process.PidFile;
import io.dorami.local.process.ProcessSpec;
import io.dorami.local.system.DataFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Starts processes in stages, restarts them, and stops the stages in reverse order. A process of {@code ./dorami dev}
 * stops with the last stage, because it uses the processes below.
 */
public final class Supervisor {

    private final DataFolder data;
    private final Console console;
    private final Deque<List<ServiceProcess>> stages = new ArrayDeque<>();
    private boolean stopped;

    public Supervisor(DataFolder data, Console console) {
        this.data = data;
        this.console = console;
    }

    public synchronized void start(List<ProcessSpec> specs) {
        if (stopped) {
            throw new CliError("Stopped during startup.");
        }
        List<ServiceProcess> stage = new ArrayList<>();
        stages.push(stage);
        try {
            for (ProcessSpec spec : specs) {
                stage.add(new ServiceProcess(spec, data, console));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public synchronized void stop() {
        stopped = true;
        Set<PidFile> files = new LinkedHashSet<>(data.serviceFiles());
        while (!stages.isEmpty()) {
            List<ServiceProcess> stage = stages.pop();
            stage.forEach(ServiceProcess::release);
            stage.forEach(process -> files.add(process.pidFile()));
            PidFile.stop(List.copyOf(files), ProcessSpec.SHUTDOWN_TIMEOUT);
            files.clear();
        }
    }
}
