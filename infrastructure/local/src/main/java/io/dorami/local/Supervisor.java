package io.dorami.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Runs the parts in stages and ends the stages in reverse. */
final class Supervisor {

    private final DataFolder data;
    private final Console screen;
    private final Deque<List<ServiceProcess>> stages = new ArrayDeque<>();
    private boolean stopped;

    Supervisor(DataFolder data, Console screen) {
        this.data = data;
        this.screen = screen;
    }

    synchronized void start(List<ProcessSpec> together) {
        if (stopped) {
            throw new CliError("Stopped while starting.");
        }
        List<ServiceProcess> stage = new ArrayList<>();
        stages.push(stage);
        try {
            for (ProcessSpec part : together) {
                stage.add(new ServiceProcess(part, data, screen));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized void stop() {
        stopped = true;
        while (!stages.isEmpty()) {
            List<ServiceProcess> stage = stages.pop();
            stage.forEach(ServiceProcess::release);
            PidFile.end(stage.stream().map(ServiceProcess::pid).toList(), DataFolder.PATIENCE);
        }
    }
}
