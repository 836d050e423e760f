package io.dorami.service.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TimeoutsTest {

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void timeoutOnRequestContext_failsOnSameContext() throws Exception {
        Context context = ((ContextInternal) vertx.getOrCreateContext()).duplicate();
        CompletableFuture<Failure> timedOut = new CompletableFuture<>();
        context.runOnContext(start -> timeOut(timedOut));
        assertThat(timedOut.get(5, TimeUnit.SECONDS).context()).isSameAs(context);
        assertThat(timedOut.get().failure()).isInstanceOf(TimeoutException.class);
    }

    @Test
    void timeoutOutsideOfEventLoop_fails() throws Exception {
        CompletableFuture<Failure> timedOut = new CompletableFuture<>();
        timeOut(timedOut);
        assertThat(timedOut.get(5, TimeUnit.SECONDS).context()).isNull();
        assertThat(timedOut.get().failure()).isInstanceOf(TimeoutException.class);
    }

    private static void timeOut(CompletableFuture<Failure> timedOut) {
        Timeouts.failAfter(Duration.ofMillis(10), Uni.createFrom().nothing())
                .subscribe()
                .with(never -> {}, failure -> timedOut.complete(new Failure(failure, Vertx.currentContext())));
    }

    private record Failure(Throwable failure, @Nullable Context context) {}
}
