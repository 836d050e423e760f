package io.dorami.local.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A log file with one predecessor. Two files of 10 MB for each of eight processes keep .dorami/log below 160 MB. */
public final class RotatingLog implements AutoCloseable {

    private static final long MAX_FILE_BYTES = 10 << 20;

    private final Path file;
    private OutputStream output;
    private long writtenBytes;

    public RotatingLog(Path file) throws IOException {
        this.file = file;
        Files.createDirectories(file.toAbsolutePath().getParent());
        this.writtenBytes = Files.exists(file) ? Files.size(file) : 0;
        this.output = open(file);
    }

    // Unbuffered, because the last line of a crashed process matters most.
    public synchronized void write(String line) throws IOException {
        if (writtenBytes > MAX_FILE_BYTES) {
            output.close();
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            output = open(file);
            writtenBytes = 0;
        }
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        output.write(bytes);
        writtenBytes += bytes.length;
    }

    @Override
    public synchronized void close() throws IOException {
        output.close();
    }

    /** Reads the last lines of a log, for an error message. */
    public static List<String> tail(Path file, int lines) {
        try {
            // Output of native code may not be UTF-8; a strict reader would fail.
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
