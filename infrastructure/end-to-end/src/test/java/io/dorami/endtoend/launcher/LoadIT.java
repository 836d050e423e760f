package io.dorami.endtoend.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.endtoend.system.RunningSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
        Process load = system.loadCommand(
                        "fanout",
                        "--url",
                        system.url("").toString(),
                        "--members",
                        "22",
                        "--stalled",
                        "2",
                        "--rate",
                        "20",
                        "--warmup",
                        "1",
                        "--seconds",
                        "3")
                .start();
        String output = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        // 2: the machine was too busy for a valid speed; the message counts are still valid.
        assertThat(load.waitFor()).as(output).isIn(0, 2);
        Matcher result = RESULT.matcher(output);
        assertThat(result.find()).as(output).isTrue();

        JsonNode messages = Json.read(Files.readString(Path.of(result.group(1))), JsonNode.class)
                .at("/results/0/messages");
        long sent = messages.path("sent").asLong();
        assertThat(sent).as(output).isGreaterThanOrEqualTo(60);
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
}
