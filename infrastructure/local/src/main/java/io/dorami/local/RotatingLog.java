package io.dorami.local;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A log file with one predecessor: two files of 10 MB for seven parts keep .dorami/log below 140 MB. */
final class RotatingLog implements AutoCloseable {

    private static final long FILE_BYTES = 10 << 20;

    private final Path file;
    private OutputStream output;
    private long written;

    RotatingLog(Path file) throws IOException {
        this.file = file;
        Files.createDirectories(file.toAbsolutePath().getParent());
        this.written = Files.exists(file) ? Files.size(file) : 0;
        this.output = open(file);
    }

    // Unbuffered: whoever looks into the log of a process that just died wants its last line.
    synchronized void write(String line) throws IOException {
        if (written > FILE_BYTES) {
            output.close();
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            output = open(file);
            written = 0;
        }
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        output.write(bytes);
        written += bytes.length;
    }

    @Override
    public synchronized void close() throws IOException {
        output.close();
    }

    /** The last lines of a log, for a message. */
    static List<String> tail(Path file, int lines) {
        try {
            // Output of native code need not be UTF-8; a strict reader would fail on it.
            List<String> all = new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return all.subList(Math.max(0, all.size() - lines), all.size());
        } catch (IOException e) {
            return List.of();
        }
    }

    private static OutputStream open(Path file) throws IOException {
        return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
