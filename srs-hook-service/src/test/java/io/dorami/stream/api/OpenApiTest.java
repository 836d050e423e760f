package io.dorami.stream.api;

import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.OpenApiFile;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URL;
import org.junit.jupiter.api.Test;

/** Compares the OpenAPI document in {@code infrastructure/contracts} with the service's own. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class OpenApiTest {

    @TestHTTPResource(value = "/openapi", management = true)
    URL document;

    @Test
    void documentIsUpToDate() {
        OpenApiFile.assertUpToDate("srs-hook-service", document);
    }
}
