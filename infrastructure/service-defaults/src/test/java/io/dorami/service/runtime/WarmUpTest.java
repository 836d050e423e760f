package io.dorami.service.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class WarmUpTest {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int RUNS = 20;

    private final AtomicInteger runs = new AtomicInteger();

    private Uni<Void> run() {
        runs.incrementAndGet();
        return Uni.createFrom().voidItem();
    }

    @Test
    void replicaIsReadyOnceAllRunsAreDone() {
        CompletableFuture<Void> release = new CompletableFuture<>();
        WarmUp warmUp = start(
                LIMIT,
                WarmUpStep.repeated("counted", this::run),
                WarmUpStep.once("held", () -> Uni.createFrom().completionStage(release)));
        await().until(() -> runs.get() >= RUNS);
        assertThat(warmUp.call().getStatus()).isEqualTo(Status.DOWN);

        release.complete(null);
        awaitReady(warmUp);
    }

    @Test
    void singleStepRunsOnce() {
        awaitReady(start(LIMIT, WarmUpStep.once("counted", this::run)));
        assertThat(runs).hasValue(1);
    }

    @Test
    void failedRunIsRetried() {
        awaitReady(start(LIMIT, WarmUpStep.once("second", () -> {
            if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("not yet");
            }
            return Uni.createFrom().voidItem();
        })));
        assertThat(runs).hasValue(2);
    }

    @Test
    void failingStepIsGivenUp() {
        awaitReady(start(
                LIMIT, WarmUpStep.repeated("failing", () -> Uni.createFrom().failure(new IllegalStateException()))));
    }

    @Test
    void replicaIsReadyAtLimitDespiteHangingStep() {
        awaitReady(start(
                Duration.ofMillis(100),
                WarmUpStep.repeated("hanging", () -> Uni.createFrom().nothing())));
    }

    @Test
    void zeroLimitTurnsWarmUpOff() {
        awaitReady(start(Duration.ZERO, WarmUpStep.once("counted", this::run)));
        assertThat(runs).hasValue(0);
    }

    private static WarmUp start(Duration limit, WarmUpStep... steps) {
        WarmUp warmUp = new WarmUp(List.of(steps), limit, RUNS);
        warmUp.start();
        return warmUp;
    }

    private static void awaitReady(WarmUp warmUp) {
        await().until(() -> warmUp.call().getStatus() == Status.UP);
    }
}
