package io.dorami.stream.api;

import io.dorami.contracts.commands.FreeShipping;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.stream.state.StreamDetails;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The rules for fields of a stream that annotations cannot express. Pure functions. */
final class DetailRules {

    private DetailRules() {}

    /** Returns the time if it is at most a year from now. */
    static @Nullable Instant schedule(@Nullable Instant scheduledAt, Instant now) {
        if (scheduledAt != null
                && Duration.between(now, scheduledAt).abs().compareTo(StreamDetails.MAX_SCHEDULE_DISTANCE) > 0) {
            throw invalid("body.scheduledAt: expected an ISO-8601 time within "
                    + StreamDetails.MAX_SCHEDULE_DISTANCE.toDays() + " days from now");
        }
        return scheduledAt;
    }

    /** Applies the two fields of a request to the current terms. A field that is null keeps its value. */
    static FreeShipping freeShipping(
            FreeShipping current,
            FreeShipping.@Nullable Mode requestedMode,
            @Nullable BigDecimal requestedThreshold,
            UnaryOperator<BigDecimal> scale) {
        FreeShipping.Mode mode = requestedMode == null ? current.mode() : requestedMode;
        if (mode != FreeShipping.Mode.THRESHOLD) {
            if (requestedThreshold != null) {
                throw invalid("body.freeShippingThreshold: only allowed with freeShippingMode THRESHOLD");
            }
            return new FreeShipping(mode, null);
        }
        BigDecimal threshold = requestedThreshold == null ? current.threshold() : scale.apply(requestedThreshold);
        if (threshold == null) {
            throw invalid("body.freeShippingThreshold: required with freeShippingMode THRESHOLD");
        }
        return new FreeShipping(mode, threshold);
    }

    private static DoramiException invalid(String message) {
        return new DoramiException(ErrorCode.VALIDATION_ERROR, message);
    }
}
