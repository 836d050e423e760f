package io.dorami.stream.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.commands.FreeShipping;
import io.dorami.service.rest.DisplayText;
import io.dorami.service.rest.Money;
import io.dorami.service.rest.StrictBody;
import io.dorami.stream.state.StreamDetails;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes of a stream. An absent field keeps its value; an explicit null clears a description, thumbnail or schedule.
 *
 * <p>A class instead of a record, because Jackson sets only those fields that the request has, but calls the constructor
 * of a record with the same value for an absent field and for null. Here a null Optional is an absent field.
 */
@SuppressWarnings("NullableOptional")
public final class StreamChange implements StrictBody {

    @JsonProperty
    @Nullable
    @Size(max = NewStream.MAX_TITLE_LENGTH)
    String title;

    @JsonProperty
    @Nullable
    Optional<@Size(max = NewStream.MAX_DESCRIPTION_LENGTH) String> description;

    @JsonProperty
    @Nullable
    Optional<@Size(max = NewStream.MAX_URL_LENGTH) String> thumbnailUrl;

    @JsonProperty
    @Nullable
    Optional<Instant> scheduledAt;

    @JsonProperty
    FreeShipping.@Nullable Mode freeShippingMode;

    @JsonProperty
    @Nullable
    @Money
    BigDecimal freeShippingThreshold;

    /**
     * Applies the changes.
     *
     * @param scale gives an amount the decimals of the currency
     */
    StreamDetails applyTo(StreamDetails current, Instant now, UnaryOperator<BigDecimal> scale) {
        return new StreamDetails(
                title == null ? current.title() : DisplayText.requireLine("title", title),
                value(description, current.description(), DisplayText::optionalLines),
                value(thumbnailUrl, current.thumbnailUrl(), DisplayText::optionalLine),
                value(scheduledAt, current.scheduledAt(), time -> DetailRules.schedule(time, now)),
                DetailRules.freeShipping(current.freeShipping(), freeShippingMode, freeShippingThreshold, scale));
    }

    private static <T> @Nullable T value(
            @Nullable Optional<T> requested, @Nullable T current, Function<T, @Nullable T> rule) {
        return requested == null ? current : requested.map(rule).orElse(null);
    }
}
