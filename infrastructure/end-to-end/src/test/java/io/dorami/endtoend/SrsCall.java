package io.dorami.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.contracts.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A call that a real SRS 6 made, from {@code src/test/resources/srs-captures}. */
record SrsCall(String name, String path, ObjectNode body) {

    private static final Path CAPTURES = Path.of("src", "test", "resources", "srs-captures");

    /** Every call that was captured. */
    static List<SrsCall> all() {
        try (Stream<Path> files = Files.list(CAPTURES)) {
            return files.sorted()
                    .map(file -> of(file.getFileName().toString().replace(".json", "")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The call of that name. */
    static SrsCall of(String name) {
        try {
            JsonNode capture =
                    Json.MAPPER.readTree(CAPTURES.resolve(name + ".json").toFile());
            return new SrsCall(
                    name, capture.path("path").asText(), capture.path("body").deepCopy());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same call about another stream, with its token, by that client of SRS; all else as it was captured. */
    SrsCall about(RunningSystem.Show show, String client) {
        ObjectNode other = body.deepCopy();
        other.put("client_id", client);
        if (body.has("stream")) { // on_close, for one, names none
            other.put("stream", body.path("stream").asText().replaceFirst("^\\w+", show.key()));
            other.put("param", body.path("param").asText().replaceAll("token=\\w+", "token=" + show.token()));
        }
        return new SrsCall(name, path, other);
    }

    /** Whether it asks for something that may be refused. */
    boolean asks() {
        return name.startsWith("on_publish") || name.startsWith("on_play");
    }

    @Override
    public String toString() {
        return name;
    }
}
