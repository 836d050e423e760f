package io.dorami.contracts.keys;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The public name of a stream in a viewer's address: 1 to 64 letters, digits, {@code _} or {@code -}. The key is not
 * secret, because publishing also requires a token. Other texts are rejected with {@link ErrorCode#INVALID_STREAM_KEY}.
 */
public record StreamKey(@JsonValue String value) {

    /** The prefix of a private stream's key. */
    public static final String PRIVATE_PREFIX = "private-";

    private static final Pattern VALID_PATTERN = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public StreamKey {
        if (!VALID_PATTERN.matcher(value).matches()) {
            throw new DoramiException(
                    ErrorCode.INVALID_STREAM_KEY, "Stream key: expected 1 to 64 letters, digits, '_' or '-'");
        }
    }

    /**
     * Returns true if playing requires a token. The key itself carries this flag for Nginx, which has no time for a
     * lookup: Nginx sends an authorization request for each segment of a private stream and none for a public stream.
     */
    public boolean isPrivate() {
        return value.startsWith(PRIVATE_PREFIX);
    }

    /** The partition that orders all work on this stream. */
    public Partition partition() {
        return Partition.of(this);
    }

    @Override
    public String toString() {
        return value;
    }

    // Written out, because a native image interprets the generated methods: decision 18.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StreamKey same && same.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }
}
