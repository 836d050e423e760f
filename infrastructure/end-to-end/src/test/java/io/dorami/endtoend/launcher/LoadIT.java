package io.dorami.endtoend.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.endtoend.system.RunningSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningSystem.Resolver.class)
class LoadIT {

    private static final Pattern RESULT = Pattern.compile("Result: (\\S+)");

    private final RunningSystem system;

    LoadIT(RunningSystem system) {
        this.system = system;
    }

    @Test
    void lightLoad_everyMessageIsDeliveredOnceInOrder() throws IOException, InterruptedException {
        JsonNode messages = runLoad("--members", "22", "--stalled", "2", "--rate", "20", "--warmup", "1")
                .path("messages");
        long sent = messages.path("sent").asLong();
        assertThat(sent).isGreaterThanOrEqualTo(60);
        assertThat(messages.path("accepted").asLong()).isEqualTo(sent);
        assertThat(messages.path("logged").asLong()).isEqualTo(sent);
        assertThat(messages.path("delivered").asLong())
                .as("delivered to all members except the stalled ones")
                .isEqualTo(20 * sent);
        for (String fault :
                new String[] {"lost", "unlogged", "doubled", "outOfOrder", "stray", "corrupted", "refused"}) {
            assertThat(messages.path(fault).asLong()).as(fault).isZero();
        }
    }

    @Test
    void orders_sellEveryUnitOnce() throws IOException, InterruptedException {
        JsonNode result = runLoad("--members", "12", "--rate", "2", "--page", "--orders", "10", "--stock", "15");
        assertThat(result.at("/sales/ordered").asLong()).isEqualTo(15);
        assertThat(result.at("/sales/soldOut").asLong()).isPositive();
        assertThat(result.at("/sales/failedCalls").asLong()).isZero();
        assertThat(result.path("problems")).isEmpty();
    }

    /** Runs the profile {@code fanout} for three seconds against this system, and returns the result. */
    private JsonNode runLoad(String... options) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("--url", system.url("").toString(), "--seconds", "3"));
        arguments.addAll(List.of(options));
        Process load =
                system.loadCommand("fanout", arguments.toArray(String[]::new)).start();
        String output = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        // 2: the machine was too busy for a valid speed; the counts are still valid.
        assertThat(load.waitFor()).as(output).isIn(0, 2);
        Matcher result = RESULT.matcher(output);
        assertThat(result.find()).as(output).isTrue();
        return Json.read(Files.readString(Path.of(result.group(1))), JsonNode.class)
                .at("/results/0");
    }
}
