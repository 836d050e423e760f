package io.dorami.stream;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.DoramiException;
import io.dorami.contracts.StreamKey;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A call of SRS, as it comes. Which fields are there depends on the action: on_close, for one, names no stream.
 *
 * @param serviceId new at every start of SRS
 * @param param the query of the publisher's or player's address, with its question mark
 */
public record Hook(
        @Nullable String action,
        @JsonProperty("client_id") @Nullable String clientId,
        @JsonProperty("service_id") @Nullable String serviceId,
        @Nullable String stream,
        @Nullable String param) {

    /** rtmp://host/live?token=T/KEY makes SRS say "?token=T?token=T", so both signs part values. */
    private static final Pattern TOKEN = Pattern.compile("[?&]token=([^?&]+)");

    private static final Pattern ENDING = Pattern.compile("\\.(flv|m3u8)$");

    /** The stream that it is about, if it names one that can exist; a player's ending is no part of the name. */
    Optional<StreamKey> key() {
        try {
            return Optional.ofNullable(stream)
                    .map(name -> new StreamKey(ENDING.matcher(name).replaceFirst("")));
        } catch (DoramiException e) {
            return Optional.empty();
        }
    }

    Optional<String> token() {
        return Optional.ofNullable(param)
                .map(TOKEN::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1));
    }

    String client() {
        return clientId == null ? "" : clientId;
    }

    String serverRun() {
        return serviceId == null ? "" : serviceId;
    }
}
