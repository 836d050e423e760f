package io.dorami.endtoend.observability;

import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.util.Map;

/** A small show in which every metric of viewers gets a value. */
record MeasuredShow(RunningSystem system, Show show) {

    /** Ids of viewers begin with this text. No label may have it. */
    static final String VIEWER_PREFIX = "metrics-viewer-";

    static MeasuredShow start(RunningSystem system) {
        return new MeasuredShow(
                system, system.newLiveShow(TestSecrets.userToken("metrics-seller", "Seller"), "A measured show"));
    }

    /** Each viewer joins, writes, buys, and asks for paths that exist and that do not. */
    void play(int viewers) {
        String product = system.newProduct(show, "Mug", 1_000).path("id").asText();
        String chat = "chat:" + show.key();
        for (int i = 0; i < viewers; i++) {
            String token = TestSecrets.userToken(VIEWER_PREFIX + i, "Viewer");
            try (JsonTestClient viewer = JsonTestClient.connect(system.socketUrl(), token)
                    .join(chat)
                    .join("shop:" + show.key())
                    .join("stream:" + show.key())) {
                viewer.sendMessage(chat, "Message " + i, null);
                viewer.await("chat:message");
            }
            system.call("GET", "/api/products/" + product, token, null);
            system.call("GET", "/api/no-such-path-" + i, token, null);
            system.call("POST", "/api/cart", token, Map.of("productId", product, "quantity", 1));
            system.get("/api/viewers/" + show.key());
        }
    }
}
