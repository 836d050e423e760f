package io.dorami.gateway;

import io.dorami.contracts.ClientRequest;
import io.dorami.contracts.Delivery;
import io.dorami.contracts.EventFrame;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a hello on {@code /ws}.
 *
 * @param userId null for a guest
 */
@RegisterForReflection // written by our own JSON, which Quarkus does not see
record WelcomeMessage(
        int version, String connection, @Nullable String userId, boolean authenticated) {

    static final String NAME = "welcome";

    static WelcomeMessage of(Client client) {
        return new WelcomeMessage(
                ClientRequest.VERSION, client.id, client.user.map(User::id).orElse(null), client.user.isPresent());
    }

    EventFrame frame() {
        return new EventFrame(null, Delivery.RELIABLE, false, NAME, Json.write(this));
    }
}
