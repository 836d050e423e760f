package io.dorami.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UserRateLimiterTest {

    private static final long START = System.nanoTime();

    private final UserRateLimiter limits = new UserRateLimiter();

    @Test
    void inAnyTenSecondsNoMoreThanTheLimitIsTaken() {
        assertThat(limits.take("kim", 3, at(0))).isTrue();
        assertThat(limits.take("kim", 3, at(4))).isTrue();
        assertThat(limits.take("kim", 3, at(9))).isTrue();
        assertThat(limits.take("kim", 3, at(9))).isFalse();
        assertThat(limits.take("kim", 3, at(10))).as("the first was 10 s ago").isTrue();
        assertThat(limits.take("kim", 3, at(11))).isFalse();
        assertThat(limits.take("kim", 3, at(14))).isTrue();
    }

    @Test
    void whatWasRefusedDoesNotCount() {
        assertThat(limits.take("kim", 1, at(0))).isTrue();
        for (int second = 1; second < 10; second++) {
            assertThat(limits.take("kim", 1, at(second))).isFalse();
        }
        assertThat(limits.take("kim", 1, at(10))).isTrue();
    }

    @Test
    void everybodyHasALimitOfTheirOwn() {
        assertThat(limits.take("kim", 1, at(0))).isTrue();
        assertThat(limits.take("lee", 1, at(0))).isTrue();
    }

    @Test
    void whoDidNothingForTenSecondsIsForgotten() {
        limits.take("kim", 2, at(0));
        limits.take("lee", 2, at(5));
        limits.sweep(at(10));
        assertThat(limits.size()).isEqualTo(1);
        limits.sweep(at(15));
        assertThat(limits.size()).isZero();
    }

    private static long at(int second) {
        return START + Duration.ofSeconds(second).toNanos();
    }
}
