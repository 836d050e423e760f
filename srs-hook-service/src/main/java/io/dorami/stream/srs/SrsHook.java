package io.dorami.stream.srs;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.stream.state.Publisher;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A call of SRS, as it comes. Which fields are there depends on the action: on_close, for one, names no stream.
 *
 * @param serviceId new at every start of SRS
 * @param param the query of the publisher's or player's address, with its question mark
 * @param tcUrl the address up to the stream's name, with the query where that stands in front of the name
 */
public record SrsHook(
        @Nullable String action,
        @JsonProperty("client_id") @Nullable String clientId,
        @JsonProperty("service_id") @Nullable String serviceId,
        @Nullable String stream,
        @Nullable String param,
        @Nullable String tcUrl) {

    /** rtmp://host/live?token=T/KEY makes SRS say "?token=T?token=T", so both signs part values. */
    private static final Pattern TOKEN = Pattern.compile("[?&]token=([^?&/\\s]{1,1024})");

    private static final Pattern ENDING = Pattern.compile("\\.(flv|m3u8)$");

    /** SRS's ids have 7 or 8 letters and digits. */
    private static final Pattern ID = Pattern.compile("[^/\\s\\x00]{0,64}");

    /**
     * The stream that it is about; a player's ending is no part of the name, nor is what an encoder sent behind it.
     *
     * @throws DoramiException where it names none that can exist
     */
    public StreamKey key() {
        if (stream == null) {
            throw new DoramiException(ErrorCode.INVALID_STREAM_KEY, "The hook names no stream");
        }
        int query = stream.indexOf('?');
        return new StreamKey(
                ENDING.matcher(query < 0 ? stream : stream.substring(0, query)).replaceFirst(""));
    }

    public Optional<String> token() {
        return Stream.of(param, stream, tcUrl)
                .filter(text -> text != null)
                .map(TOKEN::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .findFirst();
    }

    /**
     * The connection that it is about.
     *
     * @throws DoramiException where SRS would not name it so
     */
    public Publisher connection() {
        return new Publisher(id(clientId), id(serviceId));
    }

    /** Whether somebody plays by HLS: what SRS says of those is neither prompt nor exact. */
    public boolean hls() {
        return stream != null && stream.endsWith(".m3u8");
    }

    private static String id(@Nullable String text) {
        String id = text == null ? "" : text;
        if (!ID.matcher(id).matches()) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, "No id of SRS");
        }
        return id;
    }
}
