package io.dorami.contracts.commands;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.keys.StreamKey;

/**
 * A publisher's connect or disconnect that SRS reported and that could not be stored in time. It waits in
 * srs-hook-service's own inbox, because SRS does not repeat a report.
 */
public sealed interface PublisherChange extends InboxMessage {

    /** SRS's id of the publisher's connection. */
    String clientId();

    /** SRS's service id, which changes at every start of SRS. */
    String instanceId();

    /**
     * The publisher was accepted.
     *
     * @param generation the generation of the presented publish key
     */
    record PublisherConnected(
            StreamKey stream,
            @JsonProperty("client") String clientId,
            @JsonProperty("run") String instanceId,
            int generation)
            implements PublisherChange {}

    /** The publisher disconnected. */
    record PublisherDisconnected(
            StreamKey stream,
            @JsonProperty("client") String clientId,
            @JsonProperty("run") String instanceId) implements PublisherChange {}
}
