package io.dorami.local.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A file with a process id and nothing else, for {@code kill $(cat …)}. A second file beside it has the process's start
 * time and its stop signal, so that a later launcher stops the right process.
 */
public record PidFile(Path path) {

    // Start times derive from the boot time, which clock corrections move by a second at most.
    private static final long START_TOLERANCE_MILLIS = 2_000;
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(5); // enough for the kernel to free 256 MB

    public void write(ProcessHandle process, String signal) {
        try {
            Files.createDirectories(path.toAbsolutePath().getParent());
            Files.writeString(details(), startMillis(process) + " " + signal + "\n");
            Files.writeString(path, process.pid() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void delete() {
        try {
            Files.deleteIfExists(path);
            Files.deleteIfExists(details());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process of this file, if it is alive. A foreign process that received the same id later is not returned. */
    public Optional<ProcessHandle> process() {
        String[] fields = fields();
        return ProcessHandle.of(Long.parseLong(fields[0]))
                .filter(ProcessHandle::isAlive)
                .filter(found -> !isZombie(found))
                .filter(found -> Math.abs(startMillis(found) - Long.parseLong(fields[1])) <= START_TOLERANCE_MILLIS);
    }

    /** Sends each process its stop signal, kills the ones alive after the timeout, and deletes the files. */
    public static void stop(List<PidFile> files, Duration timeout) {
        files.forEach(PidFile::requestExit);
        if (!awaitExit(files, timeout)) {
            files.forEach(file -> file.process().ifPresent(ProcessHandle::destroyForcibly));
            awaitExit(files, KILL_TIMEOUT);
        }
        files.forEach(PidFile::delete);
    }

    private void requestExit() {
        process().ifPresent(process -> {
            if (fields()[2].equals(ProcessSpec.TERMINATE)) {
                process.destroy();
            } else {
                sendInterrupt(process);
            }
        });
    }

    /** Sends INT through the shell, because Java can send TERM and KILL only. */
    static void sendInterrupt(ProcessHandle process) {
        try {
            new ProcessBuilder("sh", "-c", "kill -INT " + process.pid()).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean awaitExit(List<PidFile> files, Duration timeout) {
        return Poll.until(
                timeout, () -> files.stream().allMatch(file -> file.process().isEmpty()));
    }

    private Path details() {
        return path.resolveSibling(path.getFileName().toString().replaceFirst("\\.pid$", "") + ".start");
    }

    private String[] fields() {
        try {
            // The version before wrote all three fields into the first file.
            String text = Files.readString(path) + (Files.exists(details()) ? Files.readString(details()) : "");
            String[] fields = text.strip().split("\\s+");
            if (fields.length == 3) {
                return fields;
            }
        } catch (IOException e) {
            // no file means no process
        }
        return new String[] {"-1", "0", ProcessSpec.TERMINATE}; // partly written; no process has id -1
    }

    /** Detects a process that exited without being reaped; the first process of a container often does not reap. */
    private static boolean isZombie(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/stat")).contains(") Z ");
        } catch (IOException e) {
            return false; // not Linux
        }
    }

    private static long startMillis(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
