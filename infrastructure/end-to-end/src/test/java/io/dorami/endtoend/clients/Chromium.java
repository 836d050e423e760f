package io.dorami.endtoend.clients;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The installed Chromium, driven by Playwright. */
public final class Chromium {

    private Chromium() {}

    /** The executable that DORAMI_CHROMIUM names, or the first one in the path. */
    public static Optional<Path> find() {
        Stream<Path> onPath = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)));
        return Stream.concat(Optional.ofNullable(System.getenv("DORAMI_CHROMIUM")).map(Path::of).stream(), onPath)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Creates Playwright without its own browsers. */
    public static Playwright createPlaywright() {
        return Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    }

    /** Launches the executable. */
    public static Browser launch(Playwright playwright, Path executable) {
        return playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(executable)
                        .setArgs(List.of(
                                "--no-sandbox", // required if Chromium runs as root
                                "--use-fake-device-for-media-stream", // camera and microphone
                                "--use-fake-ui-for-media-stream", // permits both
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
    }
}
