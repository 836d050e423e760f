package io.dorami.endtoend.pages;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.dorami.endtoend.system.RunningSystem;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Chromium, started once for all tests of the pages. */
final class TestBrowser implements AutoCloseable {

    /** Passes the browser to the constructors of test classes. */
    static final class Resolver implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == TestBrowser.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(Namespace.create(TestBrowser.class))
                    .computeIfAbsent(TestBrowser.class, type -> new TestBrowser(), TestBrowser.class);
        }
    }

    static final int TIMEOUT_MILLIS = 20_000;

    private final Playwright playwright;
    private final Browser browser;

    private TestBrowser() {
        Path chromium = findChromium();
        PlaywrightAssertions.setDefaultAssertionTimeout(TIMEOUT_MILLIS);
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium)
                        .setArgs(List.of(
                                "--no-sandbox", // required if Chromium runs as root
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
    }

    /** Opens a page in English with cookies of its own. */
    TestPage open(RunningSystem system) {
        return open(system, "en-US");
    }

    TestPage open(RunningSystem system, String locale) {
        return new TestPage(
                system,
                browser.newPage(
                        new Browser.NewPageOptions().setViewportSize(1280, 800).setLocale(locale)));
    }

    @Override
    public void close() {
        playwright.close();
    }

    private static Path findChromium() {
        Stream<Path> onPath = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)));
        return Stream.concat(Optional.ofNullable(System.getenv("DORAMI_CHROMIUM")).map(Path::of).stream(), onPath)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("These tests need Chromium: apt install chromium"
                        + " (./dorami test installs it), or set DORAMI_CHROMIUM to its path"));
    }
}
