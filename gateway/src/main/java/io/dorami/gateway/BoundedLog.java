package io.dorami.gateway;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Log lines that clients can cause: at most one a second from each place, which also states how many were left out.
 * Thread-safe.
 */
public final class BoundedLog {

    private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);

    private final Logger log;
    private final AtomicLong nextLineAt = new AtomicLong(System.nanoTime());
    private final AtomicInteger omittedLines = new AtomicInteger();

    public BoundedLog(Logger log) {
        this.log = log;
    }

    /** Writes a warning with the failure's stack trace, unless one was written less than a second ago. */
    public void warn(@Nullable Throwable e, String message) {
        if (tryAcquire(System.nanoTime())) {
            log.warnf(e, "%s omittedLines=%d", message, omittedLines.getAndSet(0));
        } else {
            omittedLines.incrementAndGet();
        }
    }

    /** Returns true if a line may be written now. */
    boolean tryAcquire(long nanoTime) {
        long at = nextLineAt.get();
        return nanoTime - at >= 0 && nextLineAt.compareAndSet(at, nanoTime + MIN_INTERVAL.toNanos());
    }
}
