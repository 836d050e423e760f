package io.dorami.gateway.json;

import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.events.Delivery;
import io.dorami.contracts.events.EventFrame;
import io.dorami.gateway.hub.Client;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/**
 * Reply to a hello on {@code /ws}.
 *
 * @param userId null for a guest
 */
@RegisterForReflection // serialised by our own JSON mapper, which Quarkus does not detect
public record WelcomeMessage(
        int version, String connection, @Nullable String userId, boolean authenticated) {

    public static final String NAME = "welcome";

    static WelcomeMessage of(Client client) {
        return new WelcomeMessage(
                ClientRequest.PROTOCOL_VERSION,
                client.id,
                client.user.map(User::id).orElse(null),
                client.user.isPresent());
    }

    public EventFrame frame() {
        return new EventFrame(null, Delivery.RELIABLE, false, NAME, Json.write(this));
    }
}
