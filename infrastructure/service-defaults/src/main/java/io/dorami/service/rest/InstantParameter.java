package io.dorami.service.rest;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A time in a query string, such as {@code 2026-02-28T12:00:00Z}. */
@Schema(type = SchemaType.STRING, format = "date-time")
public record InstantParameter(Instant value) {

    private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

    /**
     * Parses an ISO-8601 time. JAX-RS calls this method by its name.
     *
     * @throws DoramiException {@link ErrorCode#VALIDATION_ERROR} if the text is not a time of the years 1970 to 9999,
     *     because PostgreSQL has no earlier and later times that Java has
     */
    public static InstantParameter valueOf(String text) {
        try {
            Instant value = Instant.parse(text);
            if (!value.isBefore(Instant.EPOCH) && value.isBefore(END)) {
                return new InstantParameter(value);
            }
        } catch (DateTimeParseException e) {
            // the same error as for a time out of bounds
        }
        throw new DoramiException(
                ErrorCode.VALIDATION_ERROR, "query: expected an ISO-8601 time such as 2026-02-28T12:00:00Z");
    }

    /** Returns the time of a parameter, or null if the query has none. */
    public static @Nullable Instant valueOrNull(@Nullable InstantParameter parameter) {
        return parameter == null ? null : parameter.value();
    }
}
