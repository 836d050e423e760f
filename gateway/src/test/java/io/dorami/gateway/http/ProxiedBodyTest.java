package io.dorami.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.testing.DoramiTestResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Bodies that pass the proxy, with an echo in place of product-service. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@TestProfile(ProxiedBodyTest.Echo.class)
class ProxiedBodyTest {

    private static final Vertx VERTX = Vertx.vertx();

    /** Starts the echo and makes it the product service. */
    public static final class Echo implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            HttpServer echo = VERTX.createHttpServer()
                    .requestHandler(request ->
                            request.body().onSuccess(body -> request.response().end(body)))
                    .listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            return Map.of("dorami.gateway.upstreams.product", "http://127.0.0.1:" + echo.actualPort());
        }
    }

    @TestHTTPResource
    URI gateway;

    @AfterAll
    static void stop() {
        VERTX.close();
    }

    @Test
    void bodyOfHttp2WithoutLengthArrives() throws Exception {
        HttpClient client = VERTX.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        Buffer echoed = client.request(HttpMethod.POST, gateway.getPort(), gateway.getHost(), "/api/cart")
                .compose(request -> {
                    HttpClientRequest streamed = request.setChunked(true);
                    streamed.write("{\"quantity\":");
                    return streamed.send(Buffer.buffer("1}")).compose(response -> response.body());
                })
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        assertThat(echoed).hasToString("{\"quantity\":1}");
    }
}
