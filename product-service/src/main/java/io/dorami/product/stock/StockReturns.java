package io.dorami.product.stock;

import io.dorami.contracts.events.RoomEvent.ReservationPromoted;
import io.dorami.contracts.keys.RoomId;
import io.dorami.product.ProductConfig;
import io.dorami.service.database.SqlTime;
import io.dorami.service.messaging.TransactionalOutbox;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.UUID;

/**
 * Returns units to stock in the transaction that ends their hold, so that this happens once. The users on the product's
 * waiting list take the units first; see {@code return_stock} in SQL.
 */
@ApplicationScoped
public class StockReturns {

    private static final String RETURN_STOCK = "SELECT * FROM return_stock($1, $2, $3, $4, $5)";

    private static final String CANCEL_WAITING =
            "UPDATE waiting_list SET state = 'CANCELLED' WHERE product_id = $1 AND state = 'WAITING'";

    private final ProductConfig config;
    private final TransactionalOutbox outbox;

    StockReturns(ProductConfig config, TransactionalOutbox outbox) {
        this.config = config;
        this.outbox = outbox;
    }

    /** Returns units to stock. Does nothing if the product was deleted. */
    public Uni<Void> returnUnits(SqlConnection transaction, UUID productId, int quantity, Instant now) {
        Instant heldUntil = now.plus(config.promotionHold());
        return transaction
                .preparedQuery(RETURN_STOCK)
                .execute(Tuple.of(
                        productId, quantity, SqlTime.utc(now), SqlTime.utc(heldUntil), config.lowStockThreshold()))
                .chain(promoted -> Multi.createFrom()
                        .iterable(promoted)
                        .onItem()
                        .transformToUniAndConcatenate(row -> outbox.publish(
                                transaction,
                                RoomId.USERS,
                                row.getUUID("reservation_id"),
                                event(row, productId, heldUntil, now)))
                        .onItem()
                        .ignoreAsUni());
    }

    /** Gives units in stock to the users who wait for them. */
    public Uni<Void> promoteWaiting(SqlConnection transaction, UUID productId, Instant now) {
        return returnUnits(transaction, productId, 0, now);
    }

    /** Ends the waiting for a product that is deleted. */
    public Uni<Void> cancelWaiting(SqlConnection transaction, UUID productId) {
        return transaction
                .preparedQuery(CANCEL_WAITING)
                .execute(Tuple.of(productId))
                .replaceWithVoid();
    }

    private static ReservationPromoted event(Row row, UUID productId, Instant heldUntil, Instant now) {
        return new ReservationPromoted(
                row.getString("user_id"),
                row.getUUID("reservation_id"),
                row.getUUID("cart_item_id"),
                productId,
                row.getString("product_name"),
                row.getInteger("quantity"),
                heldUntil,
                now);
    }
}
