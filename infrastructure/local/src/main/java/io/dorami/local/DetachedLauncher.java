package io.dorami.local;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts the launcher again in a session of its own, and shows what it says until all is ready. */
final class DetachedLauncher {

    // Twice 90 s of readiness, and the end of leftovers before it, 3 times 15 s; then it is stuck.
    private static final Duration WITHIN = Duration.ofSeconds(225);

    private DetachedLauncher() {}

    static int start(DataFolder folder, Ports ports, boolean fresh, boolean nativeImage)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        // A new session, so that closing the terminal does not end it; nohup where there is no setsid (macOS).
        command.add(Executables.find("setsid", "nohup").map(Path::toString).orElse("nohup"));
        command.addAll(List.of(Executables.java(), "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.add("-Ddorami.home=" + System.getProperty("dorami.home", "."));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Dorami.class.getName()));
        command.addAll(List.of("up", "--background", "--data", folder.path().toString()));
        command.addAll(List.of("--port", Integer.toString(ports.base())));
        if (fresh) {
            command.add("--fresh");
        }
        if (nativeImage) {
            command.add("--native");
        }
        Path log = folder.log("dorami");
        Files.createDirectories(log.getParent());
        folder.setAddress(null); // what a killed launcher left would look like ready
        Process launcher = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try (InputStream words = Files.newInputStream(log)) {
            boolean over = Poll.until(WITHIN, () -> {
                boolean decided = !launcher.isAlive() || folder.address().isPresent();
                return show(words) && decided;
            });
            if (!over) {
                throw new CliError("It is not ready after " + WITHIN.toSeconds() + " s. ./dorami down ends it.");
            }
            if (launcher.isAlive()) {
                return 0;
            }
            show(words);
            return Math.max(1, launcher.waitFor());
        }
    }

    /** Always true: shown what there is. */
    private static boolean show(InputStream words) {
        try {
            words.transferTo(System.out);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
