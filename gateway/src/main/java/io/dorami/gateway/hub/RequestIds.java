package io.dorami.gateway.hub;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.commands.ClientRequest;
import org.jspecify.annotations.Nullable;

/**
 * The ids by which a client recognises the error of its request.
 *
 * @param requestId the client's id of the request
 * @param clientMessageId the client's id of the chat message in it
 */
public record RequestIds(
        @Nullable String requestId, @Nullable String clientMessageId) {

    public static final RequestIds NONE = new RequestIds(null, null);

    public static RequestIds of(ClientRequest request) {
        return new RequestIds(request.id(), request.clientMessageId());
    }

    /** Reads the ids of a request that is rejected before it is decoded. Ids that are too long are left out. */
    public static RequestIds of(JsonNode payload) {
        return new RequestIds(id(payload.path("id")), id(payload.path("clientMessageId")));
    }

    private static @Nullable String id(JsonNode value) {
        return value.isTextual() && value.textValue().length() <= ClientRequest.MAX_ID_LENGTH
                ? value.textValue()
                : null;
    }
}
