package io.dorami.service.runtime;

import io.quarkus.arc.All;
import io.quarkus.runtime.ImageMode;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.vertx.http.HttpServerStart;
import io.quarkus.vertx.http.HttpsServerStart;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Exercises the service's hot paths at its start, and keeps the replica from being ready meanwhile: the first viewers
 * would otherwise wait for classes to load, connections to open, statements to be prepared, and compilers. The time is
 * bounded, and a step that fails or is slow is given up, so that a replica also becomes ready without PostgreSQL or
 * Redis.
 */
@Readiness
@ApplicationScoped
public class WarmUp implements HealthCheck {

    /** Stream key and user id of all steps. No stream has this key, because keys are generated. */
    public static final String RESERVED_NAME = "warm-up";

    /**
     * Threads of a step. Two transactions at once open two connections, and each statement is prepared on both. More
     * threads would take the database from the replicas that serve viewers.
     */
    private static final int THREADS = 2;

    /** Runs of a step on a JVM: a few times the 200 calls after which HotSpot compiles a method. */
    private static final int JVM_RUNS = 600;

    /** Runs of a step in a native executable, whose code is compiled: connections, statements and caches remain. */
    private static final int NATIVE_RUNS = 10;

    private static final Duration NATIVE_LIMIT = Duration.ofMillis(500);

    /** Time of failures alone after which a step is given up. A slow run has until the limit of the warm-up. */
    private static final Duration FAILURE_LIMIT = Duration.ofSeconds(1);

    private static final Duration RETRY_DELAY = Duration.ofMillis(20);

    private static final Logger LOG = Logger.getLogger(WarmUp.class);

    private final List<WarmUpStep> steps;
    private final Duration limit;
    private final int runs;
    private final AtomicBoolean isStarted = new AtomicBoolean();
    private volatile boolean isFinished;
    private volatile boolean isStopped;

    @Inject
    WarmUp(@All List<WarmUpSteps> beans, DoramiConfig config) {
        this(
                beans.stream().flatMap(bean -> bean.warmUpSteps().stream()).toList(),
                limit(config.warmUp()),
                ImageMode.current().isNativeImage() ? NATIVE_RUNS : JVM_RUNS);
    }

    WarmUp(List<WarmUpStep> steps, Duration limit, int runs) {
        this.steps = List.copyOf(steps);
        this.limit = limit;
        this.runs = runs;
    }

    private static Duration limit(Duration configured) {
        boolean isBelow = configured.compareTo(NATIVE_LIMIT) < 0;
        return ImageMode.current().isNativeImage() && !isBelow ? NATIVE_LIMIT : configured;
    }

    /** Starts as soon as the server listens, because steps send requests to it. */
    void start(@ObservesAsync HttpServerStart event) {
        start();
    }

    /** A service without plain HTTP. */
    void start(@ObservesAsync HttpsServerStart event) {
        start();
    }

    void start() {
        if (limit.isZero() || steps.isEmpty()) {
            isFinished = true;
        } else if (isStarted.compareAndSet(false, true)) {
            startThread("warm-up", this::run);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        isStopped = true;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("warm-up").status(isFinished).build();
    }

    private void run() {
        long start = System.nanoTime();
        long end = start + limit.toNanos();
        Map<String, AtomicInteger> successes = new LinkedHashMap<>();
        List<Thread> threads = new ArrayList<>();
        for (WarmUpStep step : steps) {
            AtomicInteger count = new AtomicInteger();
            successes.put(step.name(), count);
            for (int i = 0; i < (step.isRepeated() ? THREADS : 1); i++) {
                threads.add(startThread("warm-up " + step.name(), () -> repeat(step, count, end)));
            }
        }
        try {
            for (Thread thread : threads) {
                thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        isFinished = true;
        LOG.infof("Warm-up finished: milliseconds=%d runs=%s", (System.nanoTime() - start) / 1_000_000, successes);
    }

    /** Runs the step until it has succeeded often enough, until the limit, or until it only fails. */
    private void repeat(WarmUpStep step, AtomicInteger successes, long end) {
        int needed = step.isRepeated() ? runs : 1;
        @Nullable Long failingSince = null;
        for (long now = System.nanoTime();
                successes.get() < needed && now < end && !isStopped;
                now = System.nanoTime()) {
            try {
                step.work().get().await().atMost(Duration.ofNanos(end - now));
                successes.incrementAndGet();
                failingSince = null;
            } catch (RuntimeException e) {
                long failedAt = System.nanoTime();
                failingSince = failingSince == null ? failedAt : failingSince;
                if (failedAt - failingSince >= FAILURE_LIMIT.toNanos()) {
                    LOG.warnf("Warm-up step given up: step=%s reason=%s", step.name(), e);
                    return;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(RETRY_DELAY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread startThread(String name, Runnable work) {
        return Thread.ofPlatform().name(name).daemon().start(work);
    }
}
