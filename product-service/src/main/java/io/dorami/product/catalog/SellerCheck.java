package io.dorami.product.catalog;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.security.CurrentUser;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Whether the caller may change what belongs to a stream: its owner, or an admin. */
@ApplicationScoped
class SellerCheck {

    /** A lifecycle event takes a few milliseconds; a wrong key waits for it in vain. */
    private static final Duration OWNER_PATIENCE = Duration.ofSeconds(1);

    private final ProductStore store;
    private final CurrentUser caller;

    SellerCheck(ProductStore store, CurrentUser caller) {
        this.store = store;
        this.caller = caller;
    }

    /** Fails where the caller may not, or where nobody has heard of the stream. */
    Uni<Void> allow(StreamKey key) {
        User user = caller.get();
        return store.owner(key)
                .onFailure(e -> e instanceof DoramiException refused && refused.code() == ErrorCode.STREAM_NOT_FOUND)
                .retry() // whose a stream is comes by event, and may be on its way
                .withBackOff(Duration.ofMillis(50), Duration.ofMillis(200))
                .expireIn(OWNER_PATIENCE.toMillis())
                .onFailure(IllegalStateException.class)
                .transform(e -> new DoramiException(ErrorCode.STREAM_NOT_FOUND, "There is no such stream"))
                .invoke(owner -> {
                    if (!user.admin() && !owner.equals(user.id())) {
                        throw new DoramiException(
                                ErrorCode.FORBIDDEN, "Only the stream's owner or an admin may change its products");
                    }
                })
                .replaceWithVoid();
    }
}
