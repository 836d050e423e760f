package io.dorami.stream.srs;

import com.fasterxml.jackson.annotation.JsonIgnore;
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
 * A hook as SRS sends it. Its fields depend on the action: on_close, for example, has no stream.
 *
 * @param serviceId SRS's service id, new at every start of SRS
 * @param app the application in the address, before the stream's name
 * @param param the query of the publisher's or player's address, with its question mark
 * @param tcUrl the address up to the stream's name, with the query if the query precedes the name
 */
public record SrsHook(
        @Nullable String action,
        @JsonProperty("client_id") @Nullable String clientId,
        @JsonProperty("service_id") @Nullable String serviceId,
        @Nullable String app,
        @Nullable String stream,
        @Nullable String param,
        @Nullable String tcUrl) {

    /**
     * For rtmp://host/live?token=T/KEY, SRS sends "?token=T?token=T", so both ? and & separate values. A token ends at
     * any other character, because spaces, as such or as %20, and slashes are pasted with it.
     */
    private static final Pattern TOKEN = Pattern.compile("[?&]token=\\s*([A-Za-z0-9_.-]{1,1024})");

    /** Characters that SRS removes from both ends of a stream's name. */
    private static final Pattern OUTER_CHARACTERS = Pattern.compile("^[ \\t\\r\\n/]+|[ \\t\\r\\n/]+$");

    private static final Pattern FILE_EXTENSION = Pattern.compile("\\.(flv|m3u8)$");

    /** Ids of SRS have 7 or 8 letters and digits; up to 64 printable ASCII characters without a slash are accepted. */
    private static final Pattern ID = Pattern.compile("[!-.0-~]{0,64}");

    /**
     * The stream's key, without a player's file extension, without the query that an encoder appends, and without
     * the spaces and slashes around a pasted key.
     *
     * @throws DoramiException if the hook has no valid stream key
     */
    public StreamKey key() {
        if (stream == null) {
            throw new DoramiException(ErrorCode.INVALID_STREAM_KEY, "stream: expected a stream key");
        }
        int query = stream.indexOf('?');
        String name = OUTER_CHARACTERS
                .matcher(query < 0 ? stream : stream.substring(0, query))
                .replaceAll("");
        return new StreamKey(FILE_EXTENSION.matcher(name).replaceFirst(""));
    }

    public Optional<String> token() {
        return Stream.of(param, stream, tcUrl)
                .filter(text -> text != null)
                .map(TOKEN::matcher)
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .findFirst();
    }

    /**
     * The connection that the hook concerns.
     *
     * @throws DoramiException if an id is not a valid id of SRS
     */
    public Publisher connection() {
        return new Publisher(validId(clientId), validId(serviceId));
    }

    /** Returns whether the client is an HLS player. SRS's hooks for HLS players are neither prompt nor exact. */
    @JsonIgnore
    public boolean isHls() {
        return stream != null && stream.endsWith(".m3u8");
    }

    /**
     * Returns whether the stream's name has a query. SRS separates the two, except if a space or line break follows a
     * publish key that has its token in a query. SRS then serves the stream only under the name with the query.
     */
    @JsonIgnore
    public boolean isNamedWithQuery() {
        return stream != null && stream.indexOf('?') >= 0;
    }

    private static String validId(@Nullable String text) {
        String id = text == null ? "" : text;
        if (!ID.matcher(id).matches()) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, "client_id, service_id: expected an id of SRS");
        }
        return id;
    }
}
