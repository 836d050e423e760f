package io.dorami.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.testing.DoramiTestResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests which client address is counted behind a proxy. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@TestProfile(BehindProxyTest.OneConnection.class)
class BehindProxyTest {

    private static final int SWITCHING_PROTOCOLS = 101;

    public static final class OneConnection implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("dorami.gateway.connections-per-address", "1", "dorami.trusted-proxies", "127.0.0.1/32");
        }
    }

    @TestHTTPResource("/ws")
    URI http;

    @Test
    void trustedProxyClientsAreCountedByForwardedAddress() throws Exception {
        HttpClient proxy = from("127.0.0.1");
        assertThat(open(proxy, "203.0.113.1")).isEqualTo(SWITCHING_PROTOCOLS);
        assertThat(open(proxy, "203.0.113.1")).isEqualTo(429);
        assertThat(poll(proxy, "203.0.113.1")).isEqualTo(403);
        assertThat(open(proxy, "203.0.113.2")).isEqualTo(SWITCHING_PROTOCOLS);
        assertThat(poll(proxy, "2001:db8::3")).isEqualTo(200);
        assertThat(open(proxy, "2001:db8::3")).isEqualTo(429);
        assertThat(open(proxy, "not an address")).isEqualTo(SWITCHING_PROTOCOLS);
    }

    @Test
    void forwardedAddressOfUntrustedPeerIsIgnored() throws Exception {
        HttpClient untrusted = from("127.0.0.2");
        assertThat(open(untrusted, "198.51.100.1")).isEqualTo(SWITCHING_PROTOCOLS);
        assertThat(open(untrusted, "198.51.100.2")).isEqualTo(429);
        assertThat(poll(untrusted, "198.51.100.3")).isEqualTo(403);
    }

    private static HttpClient from(String address) throws IOException {
        return HttpClient.newBuilder()
                .localAddress(InetAddress.getByName(address))
                .build();
    }

    /** Opens a WebSocket and returns the response status. The socket stays open. */
    private int open(HttpClient client, String forwardedFor) {
        CompletableFuture<CharSequence> welcome = new CompletableFuture<>();
        try {
            WebSocket socket = client.newWebSocketBuilder()
                    .header("X-Forwarded-For", forwardedFor)
                    .buildAsync(URI.create("ws://127.0.0.1:" + http.getPort() + "/ws"), new WebSocket.Listener() {
                        @Override
                        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                            welcome.complete(data);
                            return null;
                        }
                    })
                    .join();
            socket.sendText("{\"type\":\"hello\",\"version\":1}", true).join();
            assertThat(welcome.join()).as("counted from here on").contains("welcome");
            return SWITCHING_PROTOCOLS;
        } catch (CompletionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException rejected) {
                return rejected.getResponse().statusCode();
            }
            throw e;
        }
    }

    private int poll(HttpClient client, String forwardedFor) throws Exception {
        URI handshake = URI.create("http://127.0.0.1:" + http.getPort() + "/socket.io/?EIO=4&transport=polling");
        return client.send(
                        HttpRequest.newBuilder(handshake)
                                .header("X-Forwarded-For", forwardedFor)
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }
}
