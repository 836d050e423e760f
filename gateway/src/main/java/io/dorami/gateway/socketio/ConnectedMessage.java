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
 * The first event that a web client receives in a namespace.
 *
 * @param userId null for a guest
 * @param timestamp absent in the namespace {@code /}
 */
@RegisterForReflection // serialised by our own JSON mapper, which Quarkus does not detect
public record ConnectedMessage(
        String message,
        @Nullable String userId,
        boolean authenticated,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant timestamp) {

    /** Creates the event frame. The event's name depends on the namespace. */
    public static EventFrame frame(String namespace, Optional<User> user) {
        boolean root = namespace.equals("/");
        ConnectedMessage message = new ConnectedMessage(
                user.isPresent() ? "Connected" : "Connected as a guest",
                user.map(User::id).orElse(null),
                user.isPresent(),
                root ? null : Instant.now());
        return new EventFrame(
                null, Delivery.RELIABLE, root, root ? "connected" : "connection:success", Json.write(message));
    }
}
