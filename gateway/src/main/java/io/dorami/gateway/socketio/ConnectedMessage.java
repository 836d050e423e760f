package io.dorami.gateway.socketio;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.events.Delivery;
import io.dorami.contracts.events.EventFrame;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the web client hears first in a namespace.
 *
 * @param userId null for a guest
 * @param timestamp not on {@code /}
 */
@RegisterForReflection // written by our own JSON, which Quarkus does not see
public record ConnectedMessage(
        String message,
        @Nullable String userId,
        boolean authenticated,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant timestamp) {

    /** As the namespace's event, by its name there. */
    public static EventFrame in(String namespace, Optional<User> user) {
        boolean root = namespace.equals("/");
        ConnectedMessage greeting = new ConnectedMessage(
                user.isPresent() ? "Connected" : "Connected as a guest",
                user.map(User::id).orElse(null),
                user.isPresent(),
                root ? null : Instant.now());
        return new EventFrame(
                null, Delivery.RELIABLE, root, root ? "connected" : "connection:success", Json.write(greeting));
    }
}
