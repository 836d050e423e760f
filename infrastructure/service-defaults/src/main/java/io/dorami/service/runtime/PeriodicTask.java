package io.dorami.service.runtime;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Work that goes on for as long as the service does. A failure is waited out and the work tried again; the log says when
 * it began to fail and when it went on, not each time.
 */
public final class PeriodicTask {

    /** Short enough to be back within a second of whatever was down. */
    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

    private static final Logger LOG = Logger.getLogger(PeriodicTask.class);

    private PeriodicTask() {}

    /** Runs the task again and again, with a pause of at least 1 ms between the end of one run and the next start. */
    public static Cancellable repeat(String name, Duration pause, Supplier<Uni<? extends Void>> task) {
        return repeat(
                name, () -> Uni.createFrom().deferred(task).onItem().delayIt().by(pause));
    }

    /** Runs a task that does its own waiting again and again. */
    public static Cancellable repeat(String name, Supplier<Uni<? extends Void>> task) {
        AtomicBoolean failing = new AtomicBoolean();
        return Uni.createFrom()
                .deferred(task)
                .onItem()
                .invoke(() -> {
                    if (failing.compareAndSet(true, false)) {
                        LOG.infof("%s goes on", name);
                    }
                })
                .onFailure()
                .invoke(e -> {
                    if (failing.compareAndSet(false, true)) {
                        LOG.warnf("%s fails and is tried again: %s", name, e);
                    }
                })
                .onFailure()
                .recoverWithUni(
                        () -> Uni.createFrom().voidItem().onItem().delayIt().by(AFTER_FAILURE))
                .repeat()
                .indefinitely()
                .subscribe()
                .with(done -> {}, e -> LOG.errorf(e, "%s ended", name));
    }
}
