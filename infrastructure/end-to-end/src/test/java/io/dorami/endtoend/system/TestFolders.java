package io.dorami.endtoend.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;

/** Temporary folders for the data of processes. */
public final class TestFolders {

    private TestFolders() {}

    /** Creates a folder that other users may read, because PostgreSQL runs as another user if the tests run as root. */
    public static Path create(String prefix) throws IOException {
        return Files.createTempDirectory(
                prefix, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    /** Deletes a folder and copies its log files to {@code target/logs}. */
    public static void deleteKeepingLogs(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            Path logs = Files.createDirectories(Path.of("target", "logs"));
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                if (file.toString().endsWith(".log")) {
                    Files.copy(file, logs.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
