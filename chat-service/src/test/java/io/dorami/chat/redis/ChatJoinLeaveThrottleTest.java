package io.dorami.chat.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.events.RoomEvent.ChatUserJoined;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChatJoinLeaveThrottleTest {

    private static final StreamKey KEY = new StreamKey("KEYA");
    private static final RoomId ROOM = RoomId.parse("chat:KEYA");
    private final ChatJoinLeaveThrottle arrivals = new ChatJoinLeaveThrottle();

    @Test
    void theFirstIsToldAtOnceAndAfterAPauseTheNewest() {
        assertThat(arrivals.now(ROOM, joined("a"), ms(0))).isTrue();
        assertThat(arrivals.now(ROOM, joined("b"), ms(10))).isFalse();
        assertThat(arrivals.now(ROOM, joined("c"), ms(20))).isFalse();
        assertThat(arrivals.due(ms(99))).isEmpty();
        assertThat(arrivals.due(ms(100))).isEqualTo(Map.of(ROOM, joined("c")));
        assertThat(arrivals.due(ms(300))).isEmpty();
    }

    @Test
    void aQuietRoomHearsAtOnceAgain() {
        assertThat(arrivals.now(ROOM, joined("a"), ms(0))).isTrue();
        assertThat(arrivals.now(ROOM, joined("b"), ms(100))).isTrue();
        assertThat(arrivals.due(ms(250))).isEmpty();
        assertThat(arrivals.now(ROOM, joined("c"), ms(260))).isTrue();
    }

    @Test
    void anotherRoomHasItsOwnPause() {
        assertThat(arrivals.now(ROOM, joined("a"), ms(0))).isTrue();
        assertThat(arrivals.now(RoomId.parse("chat:KEYB"), joined("a"), ms(0))).isTrue();
    }

    @Test
    void aStormOfJoinsIsAtMostTenASecond() {
        List<Long> told = new ArrayList<>();
        for (long at = 0; at < 5_000; at++) {
            if (!arrivals.due(ms(at)).isEmpty()) {
                told.add(at);
            }
            if (arrivals.now(ROOM, joined("u" + at), ms(at))) {
                told.add(at);
            }
        }
        for (int i = 10; i < told.size(); i++) {
            assertThat(told.get(i) - told.get(i - 10)).isGreaterThanOrEqualTo(1_000);
        }
        assertThat(told).hasSizeGreaterThan(45);
    }

    private static RoomEvent joined(String user) {
        return new ChatUserJoined(user, true, KEY, Instant.EPOCH);
    }

    private static long ms(long milliseconds) {
        return TimeUnit.MILLISECONDS.toNanos(milliseconds);
    }
}
