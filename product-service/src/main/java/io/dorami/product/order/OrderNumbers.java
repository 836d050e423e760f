package io.dorami.product.order;

import io.dorami.service.database.Database;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Order numbers per day, by the calendar in Seoul. A replica allocates numbers in blocks and outside of the orders'
 * transactions, so that orders do not queue for the counter's row. Numbers that a replica has not used when it stops
 * become gaps.
 */
@ApplicationScoped
class OrderNumbers {

    private static final ZoneId SEOUL = ZoneId.of("Asia/Seoul");

    /** At 50 orders/s, one allocation per 0.4 s; a restart loses at most this many numbers. */
    private static final int BLOCK_SIZE = 20;

    private static final String ALLOCATE_BLOCK = """
        INSERT INTO order_number (day, last) VALUES ($1, %1$d)
        ON CONFLICT (day) DO UPDATE SET last = order_number.last + %1$d
        RETURNING last
        """.formatted(BLOCK_SIZE);

    private final Database database;
    private final Deque<Integer> allocated = new ArrayDeque<>();
    private @Nullable LocalDate day;

    OrderNumbers(Database database) {
        this.database = database;
    }

    /** Returns an id such as {@code ORD-20260228-00042}; beyond 99,999 orders a day, the number has more digits. */
    Uni<String> nextOrderId(Instant now) {
        LocalDate today = now.atZone(SEOUL).toLocalDate();
        Integer number = pollAllocated(today);
        return number != null
                ? Uni.createFrom().item(formatOrderId(today, number))
                : database.runCritical(connection ->
                                connection.preparedQuery(ALLOCATE_BLOCK).execute(Tuple.of(today)))
                        .map(rows -> formatOrderId(
                                today, addBlock(today, rows.iterator().next().getInteger("last"))));
    }

    private synchronized @Nullable Integer pollAllocated(LocalDate today) {
        if (!today.equals(day)) {
            day = today;
            allocated.clear();
        }
        return allocated.poll();
    }

    /** Stores all numbers of the block but the first, and returns the first. */
    private synchronized int addBlock(LocalDate today, int last) {
        int first = last - BLOCK_SIZE + 1;
        if (today.equals(day)) {
            for (int number = first + 1; number <= last; number++) {
                allocated.add(number);
            }
        }
        return first;
    }

    private static String formatOrderId(LocalDate day, int number) {
        return "ORD-%s-%05d".formatted(day.format(DateTimeFormatter.BASIC_ISO_DATE), number);
    }
}
