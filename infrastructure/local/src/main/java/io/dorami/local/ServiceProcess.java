package io.dorami.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One supervised process: when it ends it is started again, for ever, until it is released. */
final class ServiceProcess {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration STEADY = Duration.ofSeconds(30);

    private final ProcessSpec part;
    private final PidFile pid;
    private final RotatingLog log;
    private final Console screen;
    private final CountDownLatch released = new CountDownLatch(1);

    ServiceProcess(ProcessSpec part, DataFolder data, Console screen) throws IOException {
        this.part = part;
        this.pid = data.pid(part.name());
        this.log = new RotatingLog(data.log(part.name()));
        this.screen = screen;
        Thread.ofPlatform().daemon().name(part.name()).start(this::supervise);
    }

    PidFile pid() {
        return pid;
    }

    /** From here on nothing is started again. Whatever runs is in the process id file. */
    void release() {
        synchronized (released) {
            released.countDown();
        }
    }

    private void supervise() {
        Duration pause = FIRST_PAUSE;
        while (true) {
            long start = System.nanoTime();
            String end = run();
            if (System.nanoTime() - start >= STEADY.toNanos()) {
                pause = FIRST_PAUSE;
            }
            if (releasedWithin(Duration.ZERO)) {
                return;
            }
            screen.note(part.name(), "%s; starting again in %.1f s".formatted(end, pause.toMillis() / 1_000.0));
            if (releasedWithin(pause)) {
                return;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    /** Starts the process, waits for its end and says what that was. */
    private String run() {
        try {
            Process process = start();
            if (process == null) {
                return "released";
            }
            // A thread of its own: a grandchild may hold the output open after the process has ended.
            Thread.ofPlatform().daemon().name(part.name() + " output").start(() -> copyOutput(process));
            return "ended with code " + process.waitFor();
        } catch (IOException e) {
            return "did not start: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private @Nullable Process start() throws IOException {
        synchronized (released) { // so that a released process is in its file or was never started
            if (released.getCount() == 0) {
                return null;
            }
            Process process = part.start();
            pid.write(process.toHandle(), part.signal());
            return process;
        }
    }

    private void copyOutput(Process process) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                keep(line);
                screen.line(part.name(), line);
            }
        } catch (IOException e) {
            screen.note(part.name(), "its output is lost: " + e.getMessage());
        }
    }

    /** A full disk costs lines, not the process, which would stop when nobody takes its output. */
    private void keep(String line) {
        try {
            log.write(line);
        } catch (IOException e) {
            screen.note(part.name(), "a line is not in the log: " + e.getMessage());
        }
    }

    private boolean releasedWithin(Duration patience) {
        try {
            return released.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
