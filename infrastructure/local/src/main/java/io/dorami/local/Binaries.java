package io.dorami.local;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

/** The servers' binaries, unpacked once per user from the libraries that carry them. */
final class Binaries {

    private static final String REDIS = "redis-server";
    private static final int EXECUTABLE = 0b001_000_000;

    private Binaries() {}

    static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** The folder with PostgreSQL's bin, lib and share. */
    static Path postgres() {
        String system = System.getProperty("os.name").startsWith("Mac") ? "darwin" : "linux";
        String machine = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
        return unpacked("/postgres-" + system + "-" + machine + ".txz", Binaries::untar);
    }

    /** The Redis server's executable: the user's own choice, else the one that comes along. */
    static Path redis() {
        return Optional.ofNullable(System.getenv("DORAMI_REDIS_SERVER"))
                .map(Path::of)
                .orElseGet(Binaries::bundledRedis);
    }

    private static Path bundledRedis() {
        String resource = ExecutableProvider.newProvidedVersionsMap()
                .getOrDefault(OsArchitecture.detectOSandArchitecture(), "redis-server-of-this-system");
        Path folder = unpacked("/" + resource.replaceFirst("^/", ""), (bytes, target) -> {
            Path file = target.resolve(REDIS);
            Files.copy(bytes, file);
            executable(file);
        });
        return folder.resolve(REDIS);
    }

    private interface Unpacking {
        void unpack(InputStream bytes, Path folder) throws IOException;
    }

    private static Path unpacked(String resource, Unpacking unpacking) {
        try {
            // The checksum tells one version from another; the name does not.
            CheckedInputStream whole = new CheckedInputStream(open(resource), new CRC32());
            try (whole) {
                whole.transferTo(OutputStream.nullOutputStream());
            }
            Path cache = Files.createDirectories(cache());
            Path folder = cache.resolve(resource.substring(1) + "-"
                    + Long.toHexString(whole.getChecksum().getValue()));
            if (!Files.exists(folder)) {
                Path fresh = Files.createTempDirectory(cache, "unpacking");
                executable(fresh);
                try (InputStream bytes = open(resource)) {
                    unpacking.unpack(bytes, fresh);
                }
                complete(fresh, folder);
            }
            return folder;
        } catch (IOException e) {
            throw new CliError(
                    "The servers cannot be unpacked: " + e + ". XDG_CACHE_HOME names another place for them.");
        }
    }

    private static InputStream open(String resource) {
        InputStream bytes = Binaries.class.getResourceAsStream(resource);
        if (bytes == null) {
            throw new CliError("There is no " + resource + " for this system.");
        }
        return bytes;
    }

    /** Gives the folder its name in one step; another process may have been first. */
    private static void complete(Path fresh, Path folder) throws IOException {
        try {
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.exists(folder)) {
                throw e;
            }
            DataFolder.delete(fresh);
        }
    }

    private static void untar(InputStream bytes, Path folder) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(bytes)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = entry.resolveIn(folder);
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                    continue;
                }
                Files.createDirectories(target.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                } else if (entry.isLink()) {
                    Files.createLink(target, folder.resolve(entry.getLinkName()));
                } else {
                    Files.copy(tar, target);
                    if ((entry.getMode() & EXECUTABLE) != 0) {
                        executable(target);
                    }
                }
            }
        }
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Root's own cache is closed to the unprivileged user that PostgreSQL then runs as. */
    private static Path cache() {
        if (root()) {
            return Path.of("/var/cache/dorami");
        }
        return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(folder -> !folder.isBlank())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("dorami");
    }
}
