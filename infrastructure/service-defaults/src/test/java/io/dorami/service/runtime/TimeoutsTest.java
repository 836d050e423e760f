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
    void whoWaitedOnARequestsContextHearsOfTheEndThere() throws Exception {
        Context request = ((ContextInternal) vertx.getOrCreateContext()).duplicate();
        CompletableFuture<Heard> heard = new CompletableFuture<>();
        request.runOnContext(start -> listen(heard));
        assertThat(heard.get(5, TimeUnit.SECONDS).context()).isSameAs(request);
        assertThat(heard.get().failure()).isInstanceOf(TimeoutException.class);
    }

    @Test
    void whoWaitsElsewhereHearsOfItToo() throws Exception {
        CompletableFuture<Heard> heard = new CompletableFuture<>();
        listen(heard);
        assertThat(heard.get(5, TimeUnit.SECONDS).context()).isNull();
        assertThat(heard.get().failure()).isInstanceOf(TimeoutException.class);
    }

    private static void listen(CompletableFuture<Heard> heard) {
        Timeouts.within(Duration.ofMillis(10), Uni.createFrom().nothing())
                .subscribe()
                .with(never -> {}, failure -> heard.complete(new Heard(failure, Vertx.currentContext())));
    }

    private record Heard(Throwable failure, @Nullable Context context) {}
}
