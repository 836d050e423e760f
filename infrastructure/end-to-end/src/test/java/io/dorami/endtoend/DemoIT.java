package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningSystem.Running.class)
class DemoIT {

    private static final Pattern ADDRESS = Pattern.compile("/live/([A-Za-z0-9_-]+)");

    private final RunningSystem suite;

    DemoIT(RunningSystem suite) {
        this.suite = suite;
    }

    @Test
    void theDemoPlaysAShowWithChatAndSalesAndEndsIt() throws IOException, InterruptedException {
        Process demo = suite.dorami("demo", "--seconds", "8", "--viewers", "4").start();
        String output = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(demo.waitFor()).as(output).isZero();
        Matcher address = ADDRESS.matcher(output);
        assertThat(address.find()).as(output).isTrue();
        String key = address.group(1);

        assertThat(suite.get("/api/streaming/key/" + key + "/status")
                        .data()
                        .path("status")
                        .asText())
                .isEqualTo("OFFLINE");
        int stock = 0;
        JsonNode products = suite.get("/api/products?streamKey=" + key).data();
        for (JsonNode product : products) {
            stock += product.path("stock").asInt();
        }
        assertThat(products).hasSize(4);
        assertThat(stock).as("some of 59 are sold").isLessThan(59);
        try (JsonTestClient late = JsonTestClient.connect(suite.socket(), TestSecrets.user("late", "Late"))) {
            late.join("chat:" + key);
            assertThat(late.heard("chat:history")).hasSize(1);
        }
    }
}
