package io.dorami.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A file naming one process by id, start time and the signal that ends it, so that whoever finds it can end the right one. */
record PidFile(Path path) {

    // Start times are computed from the boot time, which the clock's corrections move by a second at most.
    private static final long START_TOLERANCE_MILLIS = 2_000;
    private static final Duration AFTER_KILL = Duration.ofSeconds(5); // the kernel needs no longer to free 256 MB

    void write(ProcessHandle process, String signal) {
        try {
            Files.createDirectories(path.toAbsolutePath().getParent());
            Files.writeString(path, process.pid() + " " + startMillis(process) + " " + signal + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The named process if it still lives; a foreign process that was given the same id later is not it. */
    Optional<ProcessHandle> process() {
        String[] words = words();
        return ProcessHandle.of(Long.parseLong(words[0]))
                .filter(ProcessHandle::isAlive)
                .filter(found -> !zombie(found))
                .filter(found -> Math.abs(startMillis(found) - Long.parseLong(words[1])) <= START_TOLERANCE_MILLIS);
    }

    /** Asks these processes to end, kills those that do not within the patience, and deletes the files. */
    static void end(List<PidFile> files, Duration patience) {
        files.forEach(PidFile::ask);
        if (!gone(files, patience)) {
            files.forEach(file -> file.process().ifPresent(ProcessHandle::destroyForcibly));
            gone(files, AFTER_KILL);
        }
        files.forEach(PidFile::delete);
    }

    private void ask() {
        process().ifPresent(process -> {
            if (words()[2].equals(ProcessSpec.TERMINATE)) {
                process.destroy();
            } else {
                interrupt(process);
            }
        });
    }

    /** Java sends TERM and KILL only; every shell has kill. */
    static void interrupt(ProcessHandle process) {
        try {
            new ProcessBuilder("sh", "-c", "kill -INT " + process.pid()).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean gone(List<PidFile> files, Duration patience) {
        return Poll.until(
                patience, () -> files.stream().allMatch(file -> file.process().isEmpty()));
    }

    private String[] words() {
        try {
            String[] words = Files.readString(path).strip().split(" ");
            if (words.length == 3) {
                return words;
            }
        } catch (IOException e) {
            // no file, no process
        }
        return new String[] {"-1", "0", ProcessSpec.TERMINATE}; // half written: no process has id -1
    }

    /** Ended, but nobody asked for its exit code: a container's first process often does not. */
    private static boolean zombie(ProcessHandle process) {
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
