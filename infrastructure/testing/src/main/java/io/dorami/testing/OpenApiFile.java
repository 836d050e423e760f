package io.dorami.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The OpenAPI document of a service in {@code infrastructure/contracts/openapi}, from which clients generate types. A test
 * of the service compares the file with the service's own document, or writes the file with {@code -Dopenapi}.
 */
public final class OpenApiFile {

    private static final Path DIRECTORY = Path.of("../infrastructure/contracts/openapi");
    private static final String WRITE_PROPERTY = "openapi";

    private OpenApiFile() {}

    /**
     * Asserts that the file is up to date.
     *
     * @param service the service whose module runs the test
     * @param served the address of the service's own document
     */
    public static void assertUpToDate(String service, URL served) {
        Path file = DIRECTORY.resolve(service + ".yaml");
        try (var response = served.openStream()) {
            String document = new String(response.readAllBytes(), StandardCharsets.UTF_8);
            if (System.getProperty(WRITE_PROPERTY) != null) {
                Files.createDirectories(DIRECTORY);
                Files.writeString(file, document);
            }
            assertThat(file)
                    .as("OpenAPI document of %s; write it with: %s", service, command(service))
                    .exists();
            assertThat(Files.readString(file))
                    .as("%s is outdated; write it with: %s", file.getFileName(), command(service))
                    .isEqualTo(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String command(String service) {
        return "mvn -Dopenapi -pl " + service + " -am -Dtest=OpenApiTest -Dsurefire.failIfNoSpecifiedTests=false test";
    }
}
