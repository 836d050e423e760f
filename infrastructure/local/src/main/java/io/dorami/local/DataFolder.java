package io.dorami.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder {@code .dorami}: data, logs, process ids and secrets of one running system. */
public record DataFolder(Path path) {

    /** Services get this long to drain, then they are killed; Redis and PostgreSQL likewise, one after the other. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    public Path postgres() {
        return path.resolve(LocalPostgres.NAME);
    }

    public Path redis() {
        return path.resolve(LocalRedis.NAME);
    }

    public Path log(String name) {
        return path.resolve("log").resolve(name + ".log");
    }

    /** The process that is a part of the system now. */
    public Optional<ProcessHandle> process(String part) {
        return pid(part).process();
    }

    PidFile pid(String name) {
        return new PidFile(path.resolve("run").resolve(name + ".pid"));
    }

    PidFile launcher() {
        return pid("dorami");
    }

    /** Address of the gateway, once all is ready; empty before and after. */
    public Optional<String> address() {
        try {
            return Optional.of(Files.readString(ready()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    void setAddress(@Nullable String address) {
        try {
            if (address == null) {
                Files.deleteIfExists(ready());
            } else {
                Files.writeString(ready(), address);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path ready() {
        return path.resolve("run").resolve("address");
    }

    /** Makes this process the only launcher of the folder, until it ends or the file is closed or collected. */
    FileChannel claim() {
        try {
            Files.createDirectories(path.resolve("run"));
            FileChannel file = FileChannel.open(
                    path.resolve("run").resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = file.tryLock();
            if (lock == null) {
                throw new CliError("Another ./dorami is at work in " + path);
            }
            launcher().write(ProcessHandle.current(), ProcessSpec.TERMINATE);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends what a killed launcher left behind: services together, then Redis, then PostgreSQL. */
    List<String> endLeftovers() {
        List<String> services = Stream.of(Service.values()).map(Service::folder).toList();
        List<String> ended = new ArrayList<>();
        for (List<String> stage : List.of(services, List.of(LocalRedis.NAME), List.of(LocalPostgres.NAME))) {
            List<String> alive = stage.stream()
                    .filter(name -> pid(name).process().isPresent())
                    .toList();
            PidFile.end(stage.stream().map(this::pid).toList(), PATIENCE);
            ended.addAll(alive);
        }
        setAddress(null);
        return ended;
    }

    /** Empties Redis and PostgreSQL; nothing else, and through no symbolic link. */
    public void deleteState() {
        delete(redis());
        delete(postgres());
    }

    static void delete(Path tree) {
        try {
            if (Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
                Files.walkFileTree(tree, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
                        Files.delete(folder);
                        return FileVisitResult.CONTINUE;
                    }
                });
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
