package io.dorami.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A server without a supervisor, for tests and measurements: killed and started again when they say so. */
public final class UnsupervisedServer implements AutoCloseable {

    // Under a second as a rule; recovery after a kill, on a busy machine, takes some.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ProcessSpec part;
    private final Path log;
    private final BooleanSupplier ready;
    private Process process;

    /** Starts it, its output in a file, and returns when it is ready; ends with this process at the latest. */
    public UnsupervisedServer(ProcessSpec part, Path log, BooleanSupplier ready) {
        this.part = part;
        this.log = log;
        this.ready = ready;
        this.process = launch();
        Runtime.getRuntime().addShutdownHook(new Thread(this::end));
        awaitReady();
    }

    public long pid() {
        return process.pid();
    }

    /** SIGKILL, and it is gone. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    void restart() {
        end();
        process = launch();
        awaitReady();
    }

    @Override
    public void close() {
        end();
    }

    private void awaitReady() {
        boolean came = Poll.until(PATIENCE, () -> {
            if (!process.isAlive()) {
                process = launch(); // what the killed one left may take a moment to go
            }
            return ready.getAsBoolean();
        });
        if (!came) {
            throw new IllegalStateException(
                    part.name() + " does not answer: " + String.join("\n", RotatingLog.tail(log, 20)));
        }
    }

    private Process launch() {
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            return part.start(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void end() {
        if (part.signal().equals(ProcessSpec.TERMINATE)) {
            process.destroy();
        } else if (process.isAlive()) {
            PidFile.interrupt(process.toHandle());
        }
        try {
            if (!process.waitFor(DataFolder.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
