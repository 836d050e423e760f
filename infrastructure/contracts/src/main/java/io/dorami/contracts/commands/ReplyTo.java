package io.dorami.contracts.commands;

import org.jspecify.annotations.Nullable;

/**
 * Where an answer goes.
 *
 * @param gateway the boot id of the gateway; an answer to one that is gone is lost, as its connections are
 * @param connection the connection on that gateway
 * @param requestId what the client called its request, at most 64 characters
 */
public record ReplyTo(
        String gateway, String connection, @Nullable String requestId) {}
