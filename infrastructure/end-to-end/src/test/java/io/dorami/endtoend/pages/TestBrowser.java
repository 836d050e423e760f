package io.dorami.endtoend.pages;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.dorami.endtoend.clients.Chromium;
import io.dorami.endtoend.system.RunningSystem;
import java.nio.file.Path;
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
        Path chromium = Chromium.find()
                .orElseThrow(() -> new IllegalStateException("These tests need Chromium: apt install chromium"
                        + " (./dorami test installs it), or set DORAMI_CHROMIUM to its path"));
        PlaywrightAssertions.setDefaultAssertionTimeout(TIMEOUT_MILLIS);
        playwright = Chromium.createPlaywright();
        browser = Chromium.launch(playwright, chromium);
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
}
