package io.dorami.product.order;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.product.order.Order.Status;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which orders of a list are wanted, and in which order.
 *
 * @param userId null for the orders of all users
 * @param statuses empty for all
 * @param from the first time of creation
 * @param until the end of the last day; exclusive
 * @param search part of the order's number, the buyer's name, e-mail address, depositor name or Instagram id
 */
record OrderFilter(
        @Nullable String userId,
        List<Status> statuses,
        @Nullable Instant from,
        @Nullable Instant until,
        @Nullable String search,
        boolean oldestFirst) {

    /** Order numbers count by the day in Seoul, and so do the pages. */
    static final ZoneId SEOUL = ZoneId.of("Asia/Seoul");

    /**
     * Creates a filter from query parameters.
     *
     * @param startDate a day such as {@code 2026-02-28}, or a time
     * @param endDate the last day, included; or a time
     * @throws DoramiException {@link ErrorCode#VALIDATION_ERROR} if a date is neither
     */
    static OrderFilter of(
            @Nullable String userId,
            List<Status> statuses,
            @Nullable String startDate,
            @Nullable String endDate,
            @Nullable String search,
            boolean oldestFirst) {
        return new OrderFilter(
                userId,
                statuses,
                parse("startDate", startDate, 0),
                parse("endDate", endDate, 1),
                search == null || search.isBlank() ? null : search.strip(),
                oldestFirst);
    }

    private static @Nullable Instant parse(String name, @Nullable String date, int addedDays) {
        if (date == null || date.isBlank()) {
            return null;
        }
        try {
            return date.length() > "yyyy-mm-dd".length()
                    ? Instant.parse(date)
                    : LocalDate.parse(date)
                            .plusDays(addedDays)
                            .atStartOfDay(SEOUL)
                            .toInstant();
        } catch (DateTimeParseException e) {
            throw new DoramiException(
                    ErrorCode.VALIDATION_ERROR, name + ": expected a day such as 2026-02-28 or an ISO-8601 time");
        }
    }
}
