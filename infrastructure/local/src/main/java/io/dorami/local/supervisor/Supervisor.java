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
import java.util.List;

/** Starts processes in stages, restarts them, and stops the stages in reverse order. */
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
        while (!stages.isEmpty()) {
            List<ServiceProcess> stage = stages.pop();
            stage.forEach(ServiceProcess::release);
            PidFile.stop(stage.stream().map(ServiceProcess::pidFile).toList(), ProcessSpec.SHUTDOWN_TIMEOUT);
        }
    }
}
