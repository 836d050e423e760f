package io.dorami.local.stores;

import io.dorami.local.CliError;
import io.dorami.local.FileTree;
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

/** Executables of PostgreSQL and Redis, unpacked once per user from the libraries that contain them. */
final class Binaries {

    private static final String REDIS_EXECUTABLE = "redis-server";
    private static final int OWNER_EXECUTE_BIT = 0b001_000_000;

    private Binaries() {}

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Folder with PostgreSQL's bin, lib and share. */
    static Path postgres() {
        String system = System.getProperty("os.name").startsWith("Mac") ? "darwin" : "linux";
        String machine = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
        return unpack("/postgres-" + system + "-" + machine + ".txz", Binaries::untar);
    }

    /** Executable of the Redis server: the one that DORAMI_REDIS_SERVER names, else the bundled one. */
    static Path redis() {
        return Optional.ofNullable(System.getenv("DORAMI_REDIS_SERVER"))
                .map(Path::of)
                .orElseGet(Binaries::bundledRedis);
    }

    private static Path bundledRedis() {
        String resource = ExecutableProvider.newProvidedVersionsMap()
                .getOrDefault(OsArchitecture.detectOSandArchitecture(), "redis-server-of-this-system");
        Path folder = unpack("/" + resource.replaceFirst("^/", ""), (bytes, target) -> {
            Path file = target.resolve(REDIS_EXECUTABLE);
            Files.copy(bytes, file);
            makeExecutable(file);
        });
        return folder.resolve(REDIS_EXECUTABLE);
    }

    private interface Unpacker {
        void unpack(InputStream bytes, Path folder) throws IOException;
    }

    private static Path unpack(String resource, Unpacker unpacker) {
        try {
            // The checksum distinguishes versions; the name does not.
            CheckedInputStream checked = new CheckedInputStream(openResource(resource), new CRC32());
            try (checked) {
                checked.transferTo(OutputStream.nullOutputStream());
            }
            Path cache = Files.createDirectories(cacheFolder());
            Path folder = cache.resolve(resource.substring(1) + "-"
                    + Long.toHexString(checked.getChecksum().getValue()));
            if (!Files.exists(folder)) {
                Path fresh = Files.createTempDirectory(cache, "unpacking");
                makeExecutable(fresh);
                try (InputStream bytes = openResource(resource)) {
                    unpacker.unpack(bytes, fresh);
                }
                moveIntoPlace(fresh, folder);
            }
            return folder;
        } catch (IOException e) {
            throw new CliError("Servers cannot be unpacked: " + e + ". Set XDG_CACHE_HOME to a writable folder.");
        }
    }

    private static InputStream openResource(String resource) {
        InputStream bytes = Binaries.class.getResourceAsStream(resource);
        if (bytes == null) {
            throw new CliError("This system is not supported: " + resource + " is missing.");
        }
        return bytes;
    }

    /** Moves the folder to its final name in one step; another process may have been faster. */
    private static void moveIntoPlace(Path fresh, Path folder) throws IOException {
        try {
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.exists(folder)) {
                throw e;
            }
            FileTree.delete(fresh);
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
                    if ((entry.getMode() & OWNER_EXECUTE_BIT) != 0) {
                        makeExecutable(target);
                    }
                }
            }
        }
    }

    private static void makeExecutable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /**
     * Cache of the user. Root shares one, because PostgreSQL then runs as an unprivileged user who cannot read root's
     * own.
     */
    private static Path cacheFolder() {
        if (isRoot()) {
            return Path.of("/var/cache/dorami");
        }
        return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(folder -> !folder.isBlank())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("dorami");
    }
}
