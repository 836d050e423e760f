package io.dorami.endtoend.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.contracts.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A call captured from a real SRS 6, from {@code src/test/resources/srs-captures}. */
public record SrsCall(String name, String path, ObjectNode body) {

    private static final Path CAPTURES_FOLDER = Path.of("src", "test", "resources", "srs-captures");

    /** All captured calls. */
    public static List<SrsCall> all() {
        try (Stream<Path> files = Files.list(CAPTURES_FOLDER)) {
            return files.sorted()
                    .map(file -> of(file.getFileName().toString().replace(".json", "")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Captured call of a name. */
    public static SrsCall of(String name) {
        try {
            JsonNode capture =
                    Json.MAPPER.readTree(CAPTURES_FOLDER.resolve(name + ".json").toFile());
            return new SrsCall(
                    name, capture.path("path").asText(), capture.path("body").deepCopy());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same call for another stream with its token and another SRS client id; all other fields stay as captured. */
    public SrsCall withStream(RunningSystem.Show show, String client) {
        ObjectNode other = body.deepCopy();
        other.put("client_id", client);
        if (body.has("stream")) { // on_close, for example, has no stream
            other.put("stream", body.path("stream").asText().replaceFirst("^\\w+", show.key()));
            other.put("param", body.path("param").asText().replaceAll("token=\\w+", "token=" + show.token()));
        }
        return new SrsCall(name, path, other);
    }

    /** True if SRS asks for permission with this call. */
    public boolean canBeRejected() {
        return name.startsWith("on_publish") || name.startsWith("on_play");
    }

    @Override
    public String toString() {
        return name;
    }
}
