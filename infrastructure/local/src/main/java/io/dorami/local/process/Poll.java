package io.dorami.local.process;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Polls a condition that sends no notification. */
public final class Poll {

    private static final long INTERVAL_MILLIS = 50; // fast enough for people, and only 20 cheap checks per second

    private Poll() {}

    /** Returns true if the condition became true within the timeout. */
    public static boolean until(Duration timeout, BooleanSupplier condition) {
        long end = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            try {
                Thread.sleep(INTERVAL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
