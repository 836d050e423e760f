package io.dorami.contracts.commands;

import org.jspecify.annotations.Nullable;

/**
 * The address of a reply.
 *
 * @param gateway the instance id of the gateway; a reply to a stopped gateway is lost, like its connections
 * @param connection the connection on that gateway
 * @param requestId the client's id of its request, at most 64 characters
 */
public record ReplyTo(
        String gateway, String connection, @Nullable String requestId) {}
