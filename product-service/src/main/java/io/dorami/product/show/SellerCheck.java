package io.dorami.product.show;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.security.CurrentUser;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/** Authorization for changes to a stream's products, and for its orders: the stream's owner, a co-host, or an admin. */
@ApplicationScoped
public class SellerCheck {

    /** A lifecycle event arrives within a few milliseconds; a request with a wrong key waits this long in vain. */
    private static final Duration SELLER_LOOKUP_TIMEOUT = Duration.ofSeconds(1);

    private final ShowStore store;
    private final CurrentUser caller;

    SellerCheck(ShowStore store, CurrentUser caller) {
        this.store = store;
        this.caller = caller;
    }

    /** Fails if the caller may not change a product; only admins change a product that only the shop sells. */
    public Uni<Void> requireSeller(Optional<StreamKey> key) {
        if (key.isPresent()) {
            return requireSeller(key.get());
        }
        return Uni.createFrom().voidItem().invoke(() -> {
            if (!caller.get().isAdmin()) {
                throw new DoramiException(ErrorCode.FORBIDDEN, "Only an admin may change a product of the shop alone");
            }
        });
    }

    /** Fails if the caller is neither owner nor co-host nor admin, or if the stream is unknown. */
    public Uni<Void> requireSeller(StreamKey key) {
        User user = caller.get();
        return store.findSellers(key)
                .map(sellers ->
                        sellers.orElseThrow(() -> new DoramiException(ErrorCode.STREAM_NOT_FOUND, "Stream not found")))
                .onFailure(e -> e instanceof DoramiException failure && failure.code() == ErrorCode.STREAM_NOT_FOUND)
                .retry() // the owner arrives by event, which may still be on its way
                .withBackOff(Duration.ofMillis(50), Duration.ofMillis(200))
                .expireIn(SELLER_LOOKUP_TIMEOUT.toMillis())
                .onFailure(IllegalStateException.class)
                .transform(e -> new DoramiException(ErrorCode.STREAM_NOT_FOUND, "Stream not found"))
                .invoke(sellers -> {
                    if (!user.isAdmin() && !sellers.userIds().contains(user.id())) {
                        throw new DoramiException(
                                ErrorCode.FORBIDDEN,
                                "Only the stream's owner, a co-host or an admin may manage its sales");
                    }
                })
                .replaceWithVoid();
    }
}
