package io.dorami.contracts.keys;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The public name of a stream, as it stands in a viewer's address: 1 to 64 letters, digits, {@code _} or {@code -}.
 * It is no secret: publishing needs a token besides. Any other text is refused as {@link ErrorCode#INVALID_STREAM_KEY}.
 */
public record StreamKey(@JsonValue String value) {

    /** What the key of a private stream begins with. */
    public static final String PRIVATE = "private-";

    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public StreamKey {
        if (!VALID.matcher(value).matches()) {
            throw new DoramiException(
                    ErrorCode.INVALID_STREAM_KEY, "A stream key is 1 to 64 letters, digits, '_' or '-'");
        }
    }

    /**
     * Whether playing needs a token. The key itself says so, for those must know who have no time to ask: Nginx, which then
     * asks for each segment of a private stream and for none of a public one.
     */
    public boolean isPrivate() {
        return value.startsWith(PRIVATE);
    }

    /** The partition in which everything about this stream is ordered. */
    public Partition partition() {
        return Partition.of(this);
    }

    @Override
    public String toString() {
        return value;
    }

    // Written out, for a native image interprets the generated ones: decision 18.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StreamKey same && same.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }
}
