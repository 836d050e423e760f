package io.dorami.loadtest.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.local.CliError;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PlanTest {

    @Test
    void rooms_fitTheDigitsOfAMessage() {
        assertThat(plan(10_000, 1, 1, Duration.ofMinutes(1)).rooms()).isEqualTo(10_000);
        assertThatThrownBy(() -> plan(10_001, 1, 1, Duration.ofMinutes(1)))
                .isInstanceOf(CliError.class)
                .hasMessageStartingWith("--rooms: expected 1 to 10000");
    }

    @Test
    void messagesOfARoom_fitTheDigitsOfAMessage() {
        Duration twoDays = Duration.ofDays(2);
        assertThat(plan(1, 1_000, 500, twoDays).seconds()).isEqualTo(twoDays);
        assertThatThrownBy(() -> plan(1, 1_000, 600, twoDays))
                .isInstanceOf(CliError.class)
                .hasMessageStartingWith("--rate times --seconds and --warmup: expected 0 to 99999999");
    }

    private static Plan plan(int rooms, int members, double rate, Duration seconds) {
        return new Plan(
                "fanout",
                rooms,
                members,
                rate,
                80,
                Duration.ZERO,
                seconds,
                200,
                200,
                false,
                0,
                0,
                0,
                1_000,
                0,
                50,
                Duration.ofSeconds(1));
    }
}
