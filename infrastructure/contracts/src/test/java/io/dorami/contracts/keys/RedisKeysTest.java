package io.dorami.contracts.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.contracts.errors.DoramiException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisKeysTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "a/b", "{p1}", "é", "..", "x\n"})
    void streamKey_withUnsafeCharacter_isRejected(String text) {
        assertThatThrownBy(() -> new StreamKey(text)).isInstanceOf(DoramiException.class);
    }

    @Test
    void streamKey_over64Characters_isRejected() {
        assertThat(new StreamKey("k".repeat(64)).value()).hasSize(64);
        assertThatThrownBy(() -> new StreamKey("k".repeat(65))).isInstanceOf(DoramiException.class);
    }

    @Test
    void roomId_parsedFromChannel_isEqual() {
        for (RoomType type : RoomType.values()) {
            RoomId room = new RoomId(type, new StreamKey("a-b_C"));
            assertThat(RoomId.parse(room.toString())).isEqualTo(room);
            assertThat(RedisKeys.roomFromChannel(RedisKeys.roomChannel(room))).isEqualTo(room);
        }
    }

    @Test
    void allKeysOfStreamShareHashTag() {
        StreamKey key = new StreamKey("KEYA");
        String tag = "{p" + key.partition().number() + "}";
        RoomId room = new RoomId(RoomType.CHAT, key);
        assertThat(RedisKeys.roomKeys(room).log()).contains(tag);
        assertThat(RedisKeys.roomKeys(room).channel()).contains(tag);
        assertThat(RedisKeys.dedupe(room, "x")).contains(tag);
        assertThat(RedisKeys.viewerCount(key)).contains(tag);
        assertThat(RedisKeys.inbox(ServiceName.CHAT, key.partition())).contains(tag);
    }

    @Test
    void streamsSpreadOverAllPartitions() {
        assertThat(IntStream.range(0, 1_000)
                        .mapToObj(i -> new StreamKey("stream-" + i).partition())
                        .collect(Collectors.toSet()))
                .hasSize(Partition.COUNT);
    }

    @Test
    void roomIds_withSameText_areEqual() {
        RoomId room = RoomId.parse("chat:KEYA");
        assertThat(room).isEqualTo(RoomId.parse("chat:KEYA")).hasSameHashCodeAs(RoomId.parse("chat:KEYA"));
        assertThat(room).isNotEqualTo(RoomId.parse("chat:KEYB")).isNotEqualTo(RoomId.parse("shop:KEYA"));
        assertThat(room.key().partition()).isNotEqualTo(new StreamKey("KEYB").partition());
    }

    @Test
    void logPositionsAreOrderedAsInRedis() {
        assertThat(LogPosition.parse("9-10").isAfter(LogPosition.parse("9-9"))).isTrue();
        assertThat(LogPosition.parse("10-0").isAfter(LogPosition.parse("9-9"))).isTrue();
        assertThat(LogPosition.parse("9-9").isAfter(LogPosition.parse("9-9"))).isFalse();
        assertThatThrownBy(() -> LogPosition.parse("9")).isInstanceOf(IllegalArgumentException.class);
    }
}
