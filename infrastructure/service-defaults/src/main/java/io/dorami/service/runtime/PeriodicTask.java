package io.dorami.service.runtime;

import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * A task that repeats until it is cancelled or the application stops. After a failure the task is retried with a delay; only the first failure
 * and the recovery are logged, not every attempt.
 */
public final class PeriodicTask {

    /** Short enough to resume within 1 s of the recovery of a dependency. */
    private static final Duration RETRY_DELAY = Duration.ofMillis(500);

    private static final Logger LOG = Logger.getLogger(PeriodicTask.class);

    /** Tasks that were started and not cancelled; about ten per service. */
    private static final Set<Cancellable> RUNNING = ConcurrentHashMap.newKeySet();

    private PeriodicTask() {}

    /** Repeats the task with a delay of at least 1 ms between the end of a run and the start of the next. */
    public static Cancellable start(String name, Duration delay, Supplier<Uni<? extends Void>> task) {
        return start(
                name, () -> Uni.createFrom().deferred(task).onItem().delayIt().by(delay));
    }

    /** Repeats a task that contains its own delay. */
    public static Cancellable start(String name, Supplier<Uni<? extends Void>> task) {
        AtomicBoolean failing = new AtomicBoolean();
        Cancellable subscription = Uni.createFrom()
                .deferred(task)
                .onItem()
                .invoke(() -> {
                    if (failing.compareAndSet(true, false)) {
                        LOG.infof("Task recovered: task=%s", name);
                    }
                })
                .onFailure()
                .invoke(e -> {
                    if (failing.compareAndSet(false, true)) {
                        LOG.warnf("Task failed, retrying: task=%s reason=%s", name, e);
                    }
                })
                .onFailure()
                .recoverWithUni(
                        () -> Uni.createFrom().voidItem().onItem().delayIt().by(RETRY_DELAY))
                .repeat()
                .indefinitely()
                .subscribe()
                .with(done -> {}, e -> LOG.errorf(e, "Task ended: task=%s", name));
        RUNNING.add(subscription);
        return () -> {
            RUNNING.remove(subscription);
            subscription.cancel();
        };
    }

    /**
     * Cancels all tasks after the application's own shutdown observers, so that no task uses a closed container, and none
     * survives a live reload.
     */
    @Singleton
    static class Shutdown {

        void cancelAll(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) {
            RUNNING.forEach(Cancellable::cancel);
            RUNNING.clear();
        }
    }
}
