package io.dorami.gateway.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;

/** A received event: name, data, and offset if present. */
record ReceivedEvent(String namespace, String name, JsonNode data, String offset) {

    static ReceivedEvent of(String packet) {
        assertThat(packet).startsWith("42");
        String rest = packet.substring(2);
        String namespace = "/";
        if (rest.startsWith("/")) {
            namespace = rest.substring(0, rest.indexOf(','));
            rest = rest.substring(rest.indexOf(',') + 1);
        }
        JsonNode arguments = Json.read(rest, JsonNode.class);
        return new ReceivedEvent(
                namespace,
                arguments.path(0).asText(),
                arguments.path(1),
                arguments.path(2).asText());
    }
}
