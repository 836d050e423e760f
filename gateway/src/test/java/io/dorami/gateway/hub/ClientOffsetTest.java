package io.dorami.gateway.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RoomId;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientOffsetTest {

    @ParameterizedTest
    @ValueSource(strings = {"-", "chat:k@1795330265125-0", "platform:all@1-2,shop:k@1795330265125-18"})
    void offsetSurvivesTextRoundTrip(String text) {
        assertThat(ClientOffset.parse(text)).hasToString(text);
    }

    @Test
    void offsetContainsPositionPerRoom() {
        assertThat(ClientOffset.parse("platform:all@1-2,shop:k@3-4").positions())
                .isEqualTo(
                        Map.of(RoomId.PLATFORM, new LogPosition(1, 2), RoomId.parse("shop:k"), new LogPosition(3, 4)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "chat:k", "@1-1", "kitchen:k@1-1", "chat:k@now", "chat:k@1-1,", "chat:k@1-1;chat:j@1-1"})
    void malformedOffset_isRejected(String text) {
        assertThatThrownBy(() -> ClientOffset.parse(text)).isInstanceOf(RuntimeException.class);
    }
}
