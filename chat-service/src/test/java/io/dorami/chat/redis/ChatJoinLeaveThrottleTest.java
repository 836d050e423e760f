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
    private final ChatJoinLeaveThrottle throttle = new ChatJoinLeaveThrottle();

    @Test
    void firstEventIsImmediateThenNewestPerInterval() {
        assertThat(throttle.tryAcquire(ROOM, joined("a"), ms(0))).isTrue();
        assertThat(throttle.tryAcquire(ROOM, joined("b"), ms(10))).isFalse();
        assertThat(throttle.tryAcquire(ROOM, joined("c"), ms(20))).isFalse();
        assertThat(throttle.drainDue(ms(99))).isEmpty();
        assertThat(throttle.drainDue(ms(100))).isEqualTo(Map.of(ROOM, joined("c")));
        assertThat(throttle.drainDue(ms(300))).isEmpty();
    }

    @Test
    void quietRoomPublishesImmediatelyAgain() {
        assertThat(throttle.tryAcquire(ROOM, joined("a"), ms(0))).isTrue();
        assertThat(throttle.tryAcquire(ROOM, joined("b"), ms(100))).isTrue();
        assertThat(throttle.drainDue(ms(250))).isEmpty();
        assertThat(throttle.tryAcquire(ROOM, joined("c"), ms(260))).isTrue();
    }

    @Test
    void roomsAreThrottledIndependently() {
        assertThat(throttle.tryAcquire(ROOM, joined("a"), ms(0))).isTrue();
        assertThat(throttle.tryAcquire(RoomId.parse("chat:KEYB"), joined("a"), ms(0)))
                .isTrue();
    }

    @Test
    void joinBurstPublishesAtMostTenPerSecond() {
        List<Long> publishedAtMs = new ArrayList<>();
        for (long atMs = 0; atMs < 5_000; atMs++) {
            if (!throttle.drainDue(ms(atMs)).isEmpty()) {
                publishedAtMs.add(atMs);
            }
            if (throttle.tryAcquire(ROOM, joined("u" + atMs), ms(atMs))) {
                publishedAtMs.add(atMs);
            }
        }
        for (int i = 10; i < publishedAtMs.size(); i++) {
            assertThat(publishedAtMs.get(i) - publishedAtMs.get(i - 10)).isGreaterThanOrEqualTo(1_000);
        }
        assertThat(publishedAtMs).hasSizeGreaterThan(45);
    }

    private static RoomEvent joined(String user) {
        return new ChatUserJoined(user, true, KEY, Instant.EPOCH);
    }

    private static long ms(long milliseconds) {
        return TimeUnit.MILLISECONDS.toNanos(milliseconds);
    }
}
