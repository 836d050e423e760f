package io.dorami.stream.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.contracts.commands.FreeShipping;
import io.dorami.contracts.commands.FreeShipping.Mode;
import io.dorami.contracts.errors.DoramiException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DetailRulesTest {

    private static final Instant NOW = Instant.parse("2026-02-28T12:00:00Z");
    private static final FreeShipping FROM_30 = new FreeShipping(Mode.THRESHOLD, new BigDecimal("30.00"));

    @Test
    void scheduleWithinAYearIsAllowed() {
        Duration year = Duration.ofDays(365);
        assertThat(DetailRules.schedule(null, NOW)).isNull();
        for (Instant allowed : List.of(NOW, NOW.plus(year), NOW.minus(year))) {
            assertThat(DetailRules.schedule(allowed, NOW)).isEqualTo(allowed);
        }
        for (Instant mistake : List.of(
                NOW.plus(year).plusMillis(1),
                NOW.minus(year).minusMillis(1),
                Instant.MAX,
                Instant.MIN,
                Instant.EPOCH)) {
            assertThatThrownBy(() -> DetailRules.schedule(mistake, NOW))
                    .isInstanceOf(DoramiException.class)
                    .hasMessageStartingWith("body.scheduledAt: ");
        }
    }

    @Test
    void absentFieldsKeepTheTerms() {
        assertThat(apply(FROM_30, null, null)).isEqualTo(FROM_30);
        assertThat(apply(FROM_30, Mode.THRESHOLD, null)).isEqualTo(FROM_30);
        assertThat(apply(FreeShipping.NONE, null, null)).isEqualTo(FreeShipping.NONE);
    }

    @Test
    void thresholdGetsTheCurrencysDecimals() {
        assertThat(apply(FreeShipping.NONE, Mode.THRESHOLD, "3E+1")).isEqualTo(FROM_30);
        assertThat(apply(FROM_30, null, "45.5").threshold()).isEqualTo(new BigDecimal("45.50"));
    }

    @Test
    void otherModeDropsTheThreshold() {
        assertThat(apply(FROM_30, Mode.UNCONDITIONAL, null)).isEqualTo(new FreeShipping(Mode.UNCONDITIONAL, null));
        assertThat(apply(FROM_30, Mode.DISABLED, null)).isEqualTo(FreeShipping.NONE);
    }

    @Test
    void thresholdBelongsToItsMode() {
        for (Runnable mistake : List.<Runnable>of(
                () -> apply(FROM_30, Mode.DISABLED, "30"),
                () -> apply(FreeShipping.NONE, null, "30"),
                () -> apply(FreeShipping.NONE, Mode.THRESHOLD, null))) {
            assertThatThrownBy(mistake::run)
                    .isInstanceOf(DoramiException.class)
                    .hasMessageStartingWith("body.freeShippingThreshold: ");
        }
    }

    private static FreeShipping apply(FreeShipping current, @Nullable Mode mode, @Nullable String threshold) {
        return DetailRules.freeShipping(
                current, mode, threshold == null ? null : new BigDecimal(threshold), amount -> amount.setScale(2));
    }
}
