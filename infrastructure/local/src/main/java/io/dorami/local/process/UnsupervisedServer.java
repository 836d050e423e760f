package io.dorami.local.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A server without a supervisor, for tests and measurements, which kill and restart it themselves. */
public final class UnsupervisedServer implements AutoCloseable {

    // Usually under a second; recovery after a kill on a busy machine takes longer.
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);

    private final ProcessSpec spec;
    private final Path log;
    private final BooleanSupplier readinessProbe;
    private Process process;

    /**
     * Starts the server with its output in a file, and returns when it is ready. It stops with this process at the
     * latest.
     */
    public UnsupervisedServer(ProcessSpec spec, Path log, BooleanSupplier readinessProbe) {
        this.spec = spec;
        this.log = log;
        this.readinessProbe = readinessProbe;
        this.process = launch();
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
        awaitReady();
    }

    public long pid() {
        return process.pid();
    }

    /** Sends SIGKILL and waits for the exit. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    public void restart() {
        stop();
        process = launch();
        awaitReady();
    }

    @Override
    public void close() {
        stop();
    }

    private void awaitReady() {
        boolean ready = Poll.until(READY_TIMEOUT, () -> {
            if (!process.isAlive()) {
                process = launch(); // leftovers of the killed process may need a moment to disappear
            }
            return readinessProbe.getAsBoolean();
        });
        if (!ready) {
            throw new IllegalStateException(spec.name() + " is not ready after " + READY_TIMEOUT.toSeconds() + " s: "
                    + String.join("\n", RotatingLog.tail(log, 20)));
        }
    }

    private Process launch() {
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            return spec.start(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void stop() {
        if (spec.signal().equals(ProcessSpec.TERMINATE)) {
            process.destroy();
        } else if (process.isAlive()) {
            PidFile.sendInterrupt(process.toHandle());
        }
        try {
            if (!process.waitFor(ProcessSpec.SHUTDOWN_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
