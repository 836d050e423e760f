package io.dorami.local.system;

import io.dorami.local.CliError;
import io.dorami.local.FileTree;
import io.dorami.local.media.LocalSrs;
import io.dorami.local.observe.LocalPrometheus;
import io.dorami.local.process.PidFile;
import io.dorami.local.process.ProcessHold;
import io.dorami.local.process.ProcessSpec;
import io.dorami.local.stores.LocalPostgres;
import io.dorami.local.stores.LocalRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder {@code .dorami}: data, logs, process ids and secrets of one running system. */
public record DataFolder(Path path) {

    public Path postgres() {
        return path.resolve(LocalPostgres.NAME);
    }

    public Path redis() {
        return path.resolve(LocalRedis.NAME);
    }

    /** HLS files of the shows that are live. */
    public Path media() {
        return path.resolve("media");
    }

    /** Configuration and samples of Prometheus. */
    public Path prometheus() {
        return path.resolve("prometheus");
    }

    public Path log(String name) {
        return path.resolve("log").resolve(name + ".log");
    }

    /** The running process with this name. */
    public Optional<ProcessHandle> process(String name) {
        return pidFile(name).process();
    }

    public PidFile pidFile(String name) {
        return new PidFile(path.resolve("run").resolve(name + ".pid"));
    }

    /** Keeps the launcher from starting the process with this name. */
    public ProcessHold hold(String name) {
        return new ProcessHold(new PidFile(path.resolve("run").resolve(name + ".hold")));
    }

    /** Files of all processes that run a service, built or in development mode. */
    public List<PidFile> serviceFiles() {
        return Stream.of(Service.values())
                .map(Service::folder)
                .flatMap(name -> Stream.of(pidFile(name), hold(name).file()))
                .toList();
    }

    /** Files of the demos that run, and of their encoders. */
    public List<PidFile> demoFiles() {
        List<PidFile> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(path.resolve("run"), "demo-*.pid")) {
            found.forEach(file -> files.add(new PidFile(file)));
        } catch (NoSuchFileException e) {
            // nothing has run yet
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    public PidFile launcherPidFile() {
        return pidFile("dorami");
    }

    /** Address of the gateway while the system is ready; else empty. */
    public Optional<String> address() {
        try {
            return Optional.of(Files.readString(addressFile()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    public void setAddress(@Nullable String address) {
        try {
            if (address == null) {
                Files.deleteIfExists(addressFile());
            } else {
                Files.writeString(addressFile(), address);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path addressFile() {
        return path.resolve("run").resolve("address");
    }

    /**
     * Makes this process the only launcher of the folder, until it exits or the file is closed or garbage-collected.
     */
    public FileChannel lock() {
        try {
            Files.createDirectories(path.resolve("run"));
            FileChannel file = FileChannel.open(
                    path.resolve("run").resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = file.tryLock();
            if (lock == null) {
                throw new CliError("Another ./dorami is starting or running in " + path
                        + ". Run ./dorami down first, or choose another folder with --data.");
            }
            launcherPidFile().write(ProcessHandle.current(), ProcessSpec.TERMINATE);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Stops processes that a killed launcher left: demos, the services with SRS and Prometheus, Redis, then PostgreSQL.
     * Returns their names.
     */
    public List<String> stopOrphans() {
        List<String> services = Stream.of(Service.values()).map(Service::folder).toList();
        List<String> alive = Stream.concat(
                        services.stream(),
                        Stream.of(LocalSrs.NAME, LocalPrometheus.NAME, LocalRedis.NAME, LocalPostgres.NAME))
                .filter(name -> pidFile(name).process().isPresent())
                .toList();
        PidFile.stop(demoFiles(), ProcessSpec.SHUTDOWN_TIMEOUT);
        PidFile.stop(
                Stream.concat(serviceFiles().stream(), Stream.of(pidFile(LocalSrs.NAME), pidFile(LocalPrometheus.NAME)))
                        .toList(),
                ProcessSpec.SHUTDOWN_TIMEOUT);
        PidFile.stop(List.of(pidFile(LocalRedis.NAME)), ProcessSpec.SHUTDOWN_TIMEOUT);
        PidFile.stop(List.of(pidFile(LocalPostgres.NAME)), ProcessSpec.SHUTDOWN_TIMEOUT);
        setAddress(null);
        return alive;
    }

    /** Deletes the media of former shows. */
    public void deleteMedia() {
        FileTree.delete(media());
    }

    /** Deletes the data of Redis and PostgreSQL and nothing else, without following symbolic links. */
    public void deleteStores() {
        FileTree.delete(redis());
        FileTree.delete(postgres());
    }
}
