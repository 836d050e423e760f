package io.dorami.stream.api;

import io.dorami.contracts.commands.FreeShipping;
import io.dorami.service.rest.DisplayText;
import io.dorami.service.rest.Money;
import io.dorami.service.rest.StrictBody;
import io.dorami.stream.state.StreamDetails;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The request for a new stream. A private stream is in no list, and playing it needs an invitation.
 *
 * @param scheduledAt the announced start; a time that has passed is allowed, because a show may be announced late
 * @param freeShippingMode DISABLED if absent
 * @param freeShippingThreshold required with THRESHOLD, otherwise not allowed
 */
public record NewStream(
        @NotBlank @Size(max = MAX_TITLE_LENGTH) String title,
        @Nullable @Size(max = MAX_DESCRIPTION_LENGTH) String description,
        @Nullable Instant scheduledAt,
        @Nullable @Size(max = MAX_URL_LENGTH) String thumbnailUrl,
        FreeShipping.@Nullable Mode freeShippingMode,
        @Nullable @Money BigDecimal freeShippingThreshold,
        boolean isPrivate)
        implements StrictBody {

    static final int MAX_TITLE_LENGTH = 100;
    static final int MAX_DESCRIPTION_LENGTH = 1_000;
    static final int MAX_URL_LENGTH = 500;

    /**
     * Cleans and checks the fields that the owner may edit later.
     *
     * @param scale gives an amount the decimals of the currency
     */
    StreamDetails toDetails(Instant now, UnaryOperator<BigDecimal> scale) {
        return new StreamDetails(
                DisplayText.requireLine("title", title),
                description == null ? null : DisplayText.optionalLines(description),
                thumbnailUrl == null ? null : DisplayText.optionalLine(thumbnailUrl),
                DetailRules.schedule(scheduledAt, now),
                DetailRules.freeShipping(FreeShipping.NONE, freeShippingMode, freeShippingThreshold, scale));
    }
}
