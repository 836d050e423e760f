package io.dorami.contracts.commands;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The address of a reply.
 *
 * @param gateway the instance id of the gateway; a reply to a stopped gateway is lost, like its connections
 * @param connection the connection on that gateway
 * @param requestId the client's id of its request, at most 64 characters
 * @param sentNanos the gateway's {@code System.nanoTime()} when the client's request arrived, by which only that gateway
 *     measures; null in a command of the previous version
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReplyTo(
        String gateway,
        String connection,
        @Nullable String requestId,
        @Nullable Long sentNanos) {

    /** Creates the address of a reply whose time is not measured. */
    public ReplyTo(String gateway, String connection, @Nullable String requestId) {
        this(gateway, connection, requestId, null);
    }
}
