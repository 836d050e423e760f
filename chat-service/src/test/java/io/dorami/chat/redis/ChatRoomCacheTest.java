package io.dorami.chat.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import io.dorami.contracts.keys.StreamKey;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChatRoomCacheTest {

    private static final StreamKey KEY = new StreamKey("KEYA");

    private long nowNanos;
    private final Cache<StreamKey, Boolean> unknownRooms = ChatRoomCache.newUnknownRoomCache(() -> nowNanos);

    @Test
    void unknownRoomIsQueriedAgainAfterTtl() {
        unknownRooms.put(KEY, true);
        nowNanos = ChatRoomCache.UNKNOWN_ROOM_TTL.minus(Duration.ofNanos(1)).toNanos();
        assertThat(unknownRooms.getIfPresent(KEY)).isTrue();
        nowNanos = ChatRoomCache.UNKNOWN_ROOM_TTL.toNanos();
        assertThat(unknownRooms.getIfPresent(KEY)).isNull();
    }

    @Test
    void manyUnknownRoomsStayBounded() {
        for (int i = 0; i < 10 * ChatRoomCache.MAX_UNKNOWN_ROOMS; i++) {
            unknownRooms.put(new StreamKey("KEY" + i), true);
        }
        assertThat(unknownRooms.asMap()).hasSizeLessThanOrEqualTo(ChatRoomCache.MAX_UNKNOWN_ROOMS);
    }
}
