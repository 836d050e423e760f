package io.dorami.service.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PeriodicTaskTest {

    @Test
    void failedTaskIsRetried() {
        AtomicInteger runs = new AtomicInteger();
        Cancellable task = PeriodicTask.start("test", Duration.ofMillis(1), () -> {
            if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("first run");
            }
            return Uni.createFrom().voidItem();
        });
        await().until(() -> runs.get() > 2);
        task.cancel();
    }

    @Test
    void shutdownCancelsRunningTasks() {
        AtomicBoolean cancelled = new AtomicBoolean();
        PeriodicTask.start(
                "test",
                () -> Uni.createFrom()
                        .<Void>emitter(emitter -> {}) // never completes
                        .onCancellation()
                        .invoke(() -> cancelled.set(true)));
        new PeriodicTask.Shutdown().cancelAll(new ShutdownEvent());
        assertThat(cancelled).isTrue();
    }
}
