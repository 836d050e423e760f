package io.dorami.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;

class BoundedLogTest {

    @Test
    void writesOneLinePerSecond() {
        BoundedLog log = new BoundedLog(Logger.getLogger(BoundedLogTest.class));
        long start = System.nanoTime();
        assertThat(log.tryAcquire(start)).isTrue();
        assertThat(log.tryAcquire(start + TimeUnit.MILLISECONDS.toNanos(999))).isFalse();
        assertThat(log.tryAcquire(start + TimeUnit.MILLISECONDS.toNanos(1_000))).isTrue();
        assertThat(log.tryAcquire(start + TimeUnit.MILLISECONDS.toNanos(1_001))).isFalse();
    }
}
