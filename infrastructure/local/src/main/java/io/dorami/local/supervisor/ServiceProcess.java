package io.dorami.local.supervisor;

import io.dorami.local.process.PidFile;
import io.dorami.local.process.ProcessHold;
import io.dorami.local.process.ProcessSpec;
import io.dorami.local.process.RotatingLog;
import io.dorami.local.system.DataFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A supervised process, which is restarted whenever it exits, until it is released. It does not run while it is held. */
final class ServiceProcess {

    private static final Duration MIN_RESTART_DELAY = Duration.ofMillis(500);
    private static final Duration MAX_RESTART_DELAY = Duration.ofSeconds(10);
    private static final Duration STABLE_RUNTIME = Duration.ofSeconds(30);
    private static final Duration HOLD_POLL_INTERVAL = Duration.ofMillis(300);

    private final ProcessSpec spec;
    private final PidFile pidFile;
    private final ProcessHold hold;
    private final RotatingLog log;
    private final Console console;
    private final CountDownLatch released = new CountDownLatch(1);

    ServiceProcess(ProcessSpec spec, DataFolder data, Console console) throws IOException {
        this.spec = spec;
        this.pidFile = data.pidFile(spec.name());
        this.hold = data.hold(spec.name());
        this.log = new RotatingLog(data.log(spec.name()));
        this.console = console;
        Thread.ofPlatform().daemon().name(spec.name()).start(this::supervise);
    }

    PidFile pidFile() {
        return pidFile;
    }

    /** Ends the restarts. A process that still runs is in the process id file. */
    void release() {
        synchronized (released) {
            released.countDown();
        }
    }

    private void supervise() {
        Duration delay = MIN_RESTART_DELAY;
        while (awaitHoldEnd()) {
            long start = System.nanoTime();
            String exit = run();
            if (System.nanoTime() - start >= STABLE_RUNTIME.toNanos()) {
                delay = MIN_RESTART_DELAY;
            }
            if (awaitRelease(Duration.ZERO)) {
                return;
            }
            if (hold.holder().isPresent()) {
                continue;
            }
            console.printStatus(spec.name(), "%s; restarting in %.1f s".formatted(exit, delay.toMillis() / 1_000.0));
            if (awaitRelease(delay)) {
                return;
            }
            delay = delay.multipliedBy(2).compareTo(MAX_RESTART_DELAY) < 0 ? delay.multipliedBy(2) : MAX_RESTART_DELAY;
        }
    }

    /** Waits while another process runs in place of this one. Returns false if this one is released. */
    private boolean awaitHoldEnd() {
        if (hold.holder().isPresent()) {
            console.printStatus(spec.name(), "replaced by ./dorami dev");
            do {
                if (awaitRelease(HOLD_POLL_INTERVAL)) {
                    return false;
                }
            } while (hold.holder().isPresent());
            // A killed holder leaves its child process, which occupies the ports.
            PidFile.stop(List.of(pidFile), ProcessSpec.SHUTDOWN_TIMEOUT);
            console.printStatus(spec.name(), "./dorami dev has ended; starting the built service");
        }
        return !awaitRelease(Duration.ZERO);
    }

    /** Starts the process, waits until it exits, and describes the exit. */
    private String run() {
        try {
            Process process = start();
            if (process == null) {
                return "released";
            }
            // On its own thread, because a grandchild may keep the output open after the process has exited.
            Thread.ofPlatform().daemon().name(spec.name() + " output").start(() -> copyOutput(process));
            return "exited with code " + process.waitFor();
        } catch (IOException e) {
            return "did not start: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private @Nullable Process start() throws IOException {
        synchronized (released) { // so that a process is either in its file before the release, or never started
            if (released.getCount() == 0) {
                return null;
            }
            Process process = spec.start();
            pidFile.write(process.toHandle(), spec.signal());
            if (hold.holder().isPresent()) { // acquired during the start, too late to see this process in its file
                process.destroy();
            }
            return process;
        }
    }

    private void copyOutput(Process process) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                writeLog(line);
                console.printOutput(spec.name(), line);
            }
        } catch (IOException e) {
            console.printStatus(spec.name(), "output lost: " + e.getMessage());
        }
    }

    /** Drops the line if the disk is full. The process would block if its output were no longer read. */
    private void writeLog(String line) {
        try {
            log.write(line);
        } catch (IOException e) {
            console.printStatus(spec.name(), "line missing in the log: " + e.getMessage());
        }
    }

    private boolean awaitRelease(Duration timeout) {
        try {
            return released.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
