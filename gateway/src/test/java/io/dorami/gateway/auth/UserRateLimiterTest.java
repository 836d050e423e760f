package io.dorami.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UserRateLimiterTest {

    private static final long START = System.nanoTime();

    private final UserRateLimiter limiter = new UserRateLimiter();

    @Test
    void atMostLimitPermitsInAnyTenSeconds() {
        assertThat(limiter.tryAcquire("kim", 3, at(0))).isTrue();
        assertThat(limiter.tryAcquire("kim", 3, at(4))).isTrue();
        assertThat(limiter.tryAcquire("kim", 3, at(9))).isTrue();
        assertThat(limiter.tryAcquire("kim", 3, at(9))).isFalse();
        assertThat(limiter.tryAcquire("kim", 3, at(10)))
                .as("the first was 10 s ago")
                .isTrue();
        assertThat(limiter.tryAcquire("kim", 3, at(11))).isFalse();
        assertThat(limiter.tryAcquire("kim", 3, at(14))).isTrue();
    }

    @Test
    void rejectedAttemptsDoNotCount() {
        assertThat(limiter.tryAcquire("kim", 1, at(0))).isTrue();
        for (int second = 1; second < 10; second++) {
            assertThat(limiter.tryAcquire("kim", 1, at(second))).isFalse();
        }
        assertThat(limiter.tryAcquire("kim", 1, at(10))).isTrue();
    }

    @Test
    void eachUserHasOwnLimit() {
        assertThat(limiter.tryAcquire("kim", 1, at(0))).isTrue();
        assertThat(limiter.tryAcquire("lee", 1, at(0))).isTrue();
    }

    @Test
    void idleUsersAreRemovedAfterTenSeconds() {
        limiter.tryAcquire("kim", 2, at(0));
        limiter.tryAcquire("lee", 2, at(5));
        limiter.removeExpired(at(10));
        assertThat(limiter.size()).isEqualTo(1);
        limiter.removeExpired(at(15));
        assertThat(limiter.size()).isZero();
    }

    private static long at(int second) {
        return START + Duration.ofSeconds(second).toNanos();
    }
}
