package io.dorami.local;

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

/** {@code dorami doctor}: what this machine has, what is missing and how to mend it. */
@Command(name = "doctor", description = "Checks this machine.", mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {

    private static final int JAVA = 21;
    private static final long MEMORY_MEGABYTES = 1_200; // all processes together, resident
    private static final long DISK_MEGABYTES =
            1_000; // 140 MB of logs, 256 MB of Redis twice while it rewrites, PostgreSQL
    private static final long FILES = 4_096; // 2,000 sockets, their proxied twins, jars

    @Mixin
    private DataOption data = new DataOption();

    @Option(names = "--port", defaultValue = "${env:DORAMI_PORT:-8080}", description = "Port of the gateway.")
    private int port = 8080;

    private enum Verdict {
        OK("green"),
        MISSING("red"),
        OPTIONAL("yellow");

        private final String colour;

        Verdict(String colour) {
            this.colour = colour;
        }
    }

    private record Check(String what, Verdict verdict, String words) {

        static Check required(String what, boolean ok, String found, String remedy) {
            return new Check(what, ok ? Verdict.OK : Verdict.MISSING, ok ? found : found + ". " + remedy);
        }

        static Check optional(String what, Optional<String> found, String remedy) {
            return new Check(what, found.isPresent() ? Verdict.OK : Verdict.OPTIONAL, found.orElse(remedy));
        }
    }

    @Override
    public Integer call() {
        List<Check> checks =
                List.of(java(), ports(), memory(), files(), disk(), ffmpeg(), srs(), container(), browser());
        for (Check check : checks) {
            Verdict verdict = check.verdict();
            System.out.println(Ansi.AUTO.string("%-18s @|%s %-9s|@ "
                            .formatted(
                                    check.what(), verdict.colour, verdict.name().toLowerCase(Locale.ROOT)))
                    + check.words());
        }
        return checks.stream().anyMatch(check -> check.verdict() == Verdict.MISSING) ? 1 : 0;
    }

    private static Check java() {
        int version = Runtime.version().feature();
        return Check.required("Java", version >= JAVA, "Java " + version, "Install a JDK 21 or newer.");
    }

    private Check ports() {
        Ports ports = new Ports(port);
        Optional<ProcessHandle> launcher = data.folder().launcher().process();
        if (launcher.isPresent()) {
            return Check.required(
                    "Ports", true, "ours: " + data.folder().address().orElse("starting"), "");
        }
        Map<Integer, String> taken = ports.taken();
        return Check.required(
                "Ports",
                taken.isEmpty(),
                taken.isEmpty() ? "free from " + ports.base() : "taken: " + taken.keySet(),
                "Choose others: DORAMI_PORT=9080 ./dorami up");
    }

    private static Check memory() {
        Optional<Long> kilobytes = firstNumber(Path.of("/proc/meminfo"), "MemAvailable:");
        long megabytes = kilobytes.orElse(Long.MAX_VALUE) / 1024;
        return Check.required(
                "Memory",
                megabytes >= MEMORY_MEGABYTES,
                kilobytes.map(k -> k / 1024 + " MB available").orElse("not known on this system"),
                "All parts together need " + MEMORY_MEGABYTES + " MB.");
    }

    private static Check files() {
        Optional<Long> limit = firstNumber(Path.of("/proc/self/limits"), "Max open files");
        return Check.required(
                "Open files",
                limit.orElse(Long.MAX_VALUE) >= FILES,
                limit.map(Object::toString).orElse("not known on this system"),
                "Raise the limit: ulimit -n " + FILES);
    }

    private Check disk() {
        File folder = data.folder().path().toFile();
        while (!folder.exists() && folder.getParentFile() != null) {
            folder = folder.getParentFile();
        }
        long megabytes = folder.getUsableSpace() >> 20;
        return Check.required(
                "Disk",
                megabytes >= DISK_MEGABYTES,
                megabytes + " MB free",
                "Data and logs need " + DISK_MEGABYTES + " MB.");
    }

    private static Check ffmpeg() {
        return Check.optional("ffmpeg", path("ffmpeg"), "to send a test picture: apt install ffmpeg");
    }

    private static Check srs() {
        return Check.optional(
                "SRS",
                Optional.ofNullable(System.getenv("DORAMI_SRS")).or(() -> path("srs")),
                "for real video, which needs the containers so far: infrastructure/docker");
    }

    private static Check container() {
        return Check.optional(
                "Container engine",
                path("docker", "podman").filter(DoctorCommand::answers),
                "for compose, images and tests in containers: install Docker or Podman, and start it");
    }

    /** The client may be there without an engine. */
    private static boolean answers(String engine) {
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
                path("chromium", "chromium-browser", "google-chrome"),
                "for the page tests: apt install chromium");
    }

    private static Optional<String> path(String... names) {
        return Executables.find(names).map(Path::toString);
    }

    /** The first number after a label in one of Linux's files. */
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
