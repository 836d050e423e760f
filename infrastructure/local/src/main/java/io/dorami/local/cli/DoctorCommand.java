package io.dorami.local.cli;

import io.dorami.local.media.LocalSrs;
import io.dorami.local.process.Executables;
import io.dorami.local.system.Ports;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dorami doctor}: checks the requirements of this machine, and prints how to fix what is missing. */
@Command(name = "doctor", description = "Checks this machine.", mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {

    private static final int MIN_JAVA_VERSION = 21;
    private static final long MIN_MEMORY_MEGABYTES = 1_200; // resident memory of all processes
    /** 160 MB of logs, 256 MB of Redis twice during a rewrite, and PostgreSQL. */
    private static final long MIN_DISK_MEGABYTES = 1_000;

    private static final long MIN_OPEN_FILES = 4_096; // 2,000 sockets, their proxied connections, jars

    @Mixin
    private DataOption data = new DataOption();

    @Option(names = "--port", defaultValue = "${env:DORAMI_PORT:-8080}", description = "Port of the gateway.")
    private int port = 8080;

    private enum Status {
        OK("green"),
        MISSING("red"),
        OPTIONAL("yellow");

        private final String colour;

        Status(String colour) {
            this.colour = colour;
        }
    }

    private record Check(String name, Status status, String detail) {

        static Check required(String name, boolean ok, String found, String remedy) {
            return new Check(name, ok ? Status.OK : Status.MISSING, ok ? found : found + ". " + remedy);
        }

        static Check optional(String name, Optional<String> found, String remedy) {
            return new Check(name, found.isPresent() ? Status.OK : Status.OPTIONAL, found.orElse(remedy));
        }
    }

    @Override
    public Integer call() {
        List<Check> checks =
                List.of(java(), ports(), memory(), files(), disk(), ffmpeg(), srs(), container(), browser());
        for (Check check : checks) {
            Status verdict = check.status();
            System.out.println(Ansi.AUTO.string("%-18s @|%s %-9s|@ "
                            .formatted(
                                    check.name(), verdict.colour, verdict.name().toLowerCase(Locale.ROOT)))
                    + check.detail());
        }
        return checks.stream().anyMatch(check -> check.status() == Status.MISSING) ? 1 : 0;
    }

    private static Check java() {
        int version = Runtime.version().feature();
        return Check.required("Java", version >= MIN_JAVA_VERSION, "Java " + version, "Install a JDK 21 or newer.");
    }

    private Check ports() {
        Ports ports = new Ports(port);
        Optional<ProcessHandle> launcher = data.folder().launcherPidFile().process();
        if (launcher.isPresent()) {
            return Check.required(
                    "Ports",
                    true,
                    "in use by Dorami: " + data.folder().address().orElse("starting"),
                    "");
        }
        Map<Integer, String> taken = ports.takenPorts();
        return Check.required(
                "Ports",
                taken.isEmpty(),
                taken.isEmpty() ? "free from " + ports.base() : "taken: " + taken.keySet(),
                "Choose others, for example DORAMI_PORT=9080 ./dorami up.");
    }

    private static Check memory() {
        Optional<Long> kilobytes = firstNumber(Path.of("/proc/meminfo"), "MemAvailable:");
        long megabytes = kilobytes.orElse(Long.MAX_VALUE) / 1024;
        return Check.required(
                "Memory",
                megabytes >= MIN_MEMORY_MEGABYTES,
                kilobytes.map(k -> k / 1024 + " MB available").orElse("unknown on this system"),
                "The system needs " + MIN_MEMORY_MEGABYTES + " MB.");
    }

    private static Check files() {
        Optional<Long> limit = firstNumber(Path.of("/proc/self/limits"), "Max open files");
        return Check.required(
                "Open files",
                limit.orElse(Long.MAX_VALUE) >= MIN_OPEN_FILES,
                limit.map(Object::toString).orElse("unknown on this system"),
                "Raise the limit with: ulimit -n " + MIN_OPEN_FILES);
    }

    private Check disk() {
        File folder = data.folder().path().toFile();
        while (!folder.exists() && folder.getParentFile() != null) {
            folder = folder.getParentFile();
        }
        long megabytes = folder.getUsableSpace() >> 20;
        return Check.required(
                "Disk",
                megabytes >= MIN_DISK_MEGABYTES,
                megabytes + " MB free",
                "Data and logs need " + MIN_DISK_MEGABYTES + " MB.");
    }

    private static Check ffmpeg() {
        return Check.optional("ffmpeg", findPath("ffmpeg"), "for the picture of ./dorami demo: apt install ffmpeg");
    }

    private static Check srs() {
        return Check.optional(
                "SRS",
                LocalSrs.findExecutable(System.getenv("DORAMI_SRS")).map(Path::toString),
                "for OBS and other encoders: install SRS 6, and set DORAMI_SRS to its executable if it is not in the PATH");
    }

    private static Check container() {
        return Check.optional(
                "Container engine",
                findPath("docker", "podman").filter(DoctorCommand::isRunning),
                "for Compose, images and tests in containers: install and start Docker or Podman");
    }

    /** Returns true if the engine responds; its client may be installed without it. */
    private static boolean isRunning(String engine) {
        try {
            Process info = new ProcessBuilder(engine, "info")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean ended = info.waitFor(5, TimeUnit.SECONDS);
            info.destroy();
            return ended && info.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Check browser() {
        return Check.optional(
                "Chromium",
                findPath("chromium", "chromium-browser", "google-chrome"),
                "for the page tests: apt install chromium");
    }

    private static Optional<String> findPath(String... names) {
        return Executables.find(names).map(Path::toString);
    }

    /** Reads the first number after the label in a file of Linux's /proc. */
    private static Optional<Long> firstNumber(Path file, String label) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(label))
                    .map(line -> line.substring(label.length()).strip().split("\\s+")[0])
                    .filter(word -> word.chars().allMatch(Character::isDigit))
                    .map(Long::valueOf)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
