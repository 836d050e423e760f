package io.dorami.product;

import io.dorami.contracts.errors.DoramiException;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Calls that do the same work for several ids. */
public final class BulkCalls {

    private BulkCalls() {}

    /** Does the work for one id after the other. Returns the ids for which the work was rejected. */
    public static <T> Uni<List<T>> findRejected(List<T> ids, Function<T, Uni<?>> work) {
        return Multi.createFrom()
                .iterable(ids)
                .onItem()
                .transformToUniAndConcatenate(id -> work.apply(id)
                        .replaceWith(Optional.<T>empty())
                        .onFailure(DoramiException.class)
                        .recoverWithItem(Optional.of(id)))
                .select()
                .where(Optional::isPresent)
                .map(Optional::get)
                .collect()
                .asList();
    }
}
