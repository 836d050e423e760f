package io.dorami.gateway.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.gateway.http.ApiProxyTest;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.JsonTestClient;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** The profile has {@code guests-read-chat} off. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@TestProfile(ApiProxyTest.Development.class)
class ChatClosedToGuestsTest {

    @TestHTTPResource("/ws")
    URI address;

    @Test
    void guestIsAskedToSignIn() {
        URI socket = URI.create(address.toString().replaceFirst("^http", "ws"));
        try (JsonTestClient guest = JsonTestClient.connect(socket, null).join("chat:KEYA")) {
            assertThat(guest.await("error").at("/data/errorCode").asText()).isEqualTo("UNAUTHORIZED");
        }
    }
}
