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
    void aStreamKeyThatCouldBreakANameIsRefused(String text) {
        assertThatThrownBy(() -> new StreamKey(text)).isInstanceOf(DoramiException.class);
    }

    @Test
    void aStreamKeyHasAtMost64Characters() {
        assertThat(new StreamKey("k".repeat(64)).value()).hasSize(64);
        assertThatThrownBy(() -> new StreamKey("k".repeat(65))).isInstanceOf(DoramiException.class);
    }

    @Test
    void aRoomIsFoundAgainFromItsChannel() {
        for (RoomType channel : RoomType.values()) {
            RoomId room = new RoomId(channel, new StreamKey("a-b_C"));
            assertThat(RoomId.parse(room.toString())).isEqualTo(room);
            assertThat(RedisKeys.roomOf(RedisKeys.roomChannel(room))).isEqualTo(room);
        }
    }

    @Test
    void allOfOneStreamIsInOnePartition() {
        StreamKey key = new StreamKey("KEYA");
        String tag = "{p" + key.partition().number() + "}";
        RoomId room = new RoomId(RoomType.CHAT, key);
        assertThat(RedisKeys.roomEvents(room).log()).contains(tag);
        assertThat(RedisKeys.roomEvents(room).channel()).contains(tag);
        assertThat(RedisKeys.once(room, "x")).contains(tag);
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
    void aRoomIsTheSameWhereverItWasRead() {
        RoomId room = RoomId.parse("chat:KEYA");
        assertThat(room).isEqualTo(RoomId.parse("chat:KEYA")).hasSameHashCodeAs(RoomId.parse("chat:KEYA"));
        assertThat(room).isNotEqualTo(RoomId.parse("chat:KEYB")).isNotEqualTo(RoomId.parse("shop:KEYA"));
        assertThat(room.key().partition()).isNotEqualTo(new StreamKey("KEYB").partition());
    }

    @Test
    void positionsAreOrderedAsRedisOrdersThem() {
        assertThat(LogPosition.parse("9-10").after(LogPosition.parse("9-9"))).isTrue();
        assertThat(LogPosition.parse("10-0").after(LogPosition.parse("9-9"))).isTrue();
        assertThat(LogPosition.parse("9-9").after(LogPosition.parse("9-9"))).isFalse();
        assertThatThrownBy(() -> LogPosition.parse("9")).isInstanceOf(IllegalArgumentException.class);
    }
}
