package io.dorami.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PacketCounterTest {

    @Test
    void countStartsAgainInEachWindow() {
        PacketCounter counter = new PacketCounter();
        long start = System.nanoTime();
        assertThat(counter.increment(start)).isEqualTo(1);
        assertThat(counter.increment(start + TimeUnit.SECONDS.toNanos(9))).isEqualTo(2);
        assertThat(counter.increment(start + TimeUnit.SECONDS.toNanos(10))).isEqualTo(1);
        assertThat(counter.increment(start + TimeUnit.SECONDS.toNanos(11))).isEqualTo(2);
    }
}
