package io.dorami.contracts.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.contracts.keys.ServiceName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTest {

    @ParameterizedTest
    @CsvSource({
        "/api/streaming/active, STREAM",
        "/api/streaming/key/KEYA/status, STREAM",
        "/api/streaming/KEYA/featured-product, PRODUCT",
        "/api/streaming/key/KEYA/featured-product, PRODUCT",
        "/api/streaming/KEYA/featured-product/clear, PRODUCT",
        "/api/streaming/key/KEYA/orders, PRODUCT",
        "/api/streaming/key/KEYA/sales, PRODUCT",
        "/api/streaming/key/KEYA/role, STREAM",
        "/api/streaming/mine, STREAM",
        "/api/notices/current, STREAM",
        "/api/products, PRODUCT",
        "/api/products/7/stock, PRODUCT",
        "/api/chat/KEYA/bans, CHAT",
        "/api/viewers/KEYA, VIEWER"
    })
    void path_isRoutedToService(String path, ServiceName service) {
        assertThat(Route.serviceFor(path)).contains(service);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/streaming/srs-auth",
                "/api/streaming/srs-done",
                "/api/streaming/srs-heartbeat",
                "/api/streaming/srs-heartbeat/",
                "/api/srs/hooks",
                "/api/srs",
                "/api/streaming;x/srs-auth",
                "/api/streaming/srs-auth;x=1",
                "/api/streaming%3Bx/srs-auth",
                "/api/productsx",
                "/api/unknown",
                "/api"
            })
    void hookOrUnknownPath_hasNoRoute(String path) {
        assertThat(Route.serviceFor(path)).isEmpty();
    }
}
