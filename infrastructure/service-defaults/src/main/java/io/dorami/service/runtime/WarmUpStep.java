package io.dorami.service.runtime;

import io.smallrye.mutiny.Uni;
import java.util.function.Supplier;

/**
 * Work that {@link WarmUp} does before the replica becomes ready. The work has no visible effect: it publishes no event,
 * counts in no metric, and what it writes is rolled back or expires under {@link WarmUp#RESERVED_NAME}.
 *
 * @param name the subject in the log
 * @param isRepeated false for work that loads another system, which runs once
 * @param work subscribed for each run, on a thread that may block
 */
public record WarmUpStep(String name, boolean isRepeated, Supplier<Uni<?>> work) {

    /** Creates a step that runs until its code is compiled. */
    public static WarmUpStep repeated(String name, Supplier<Uni<?>> work) {
        return new WarmUpStep(name, true, work);
    }

    /** Creates a step that runs once. */
    public static WarmUpStep once(String name, Supplier<Uni<?>> work) {
        return new WarmUpStep(name, false, work);
    }
}
