package io.dorami.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

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
        for (Channel channel : Channel.values()) {
            RoomId room = new RoomId(channel, new StreamKey("a-b_C"));
            assertThat(RoomId.parse(room.toString())).isEqualTo(room);
            assertThat(Topics.roomOf(Topics.roomChannel(room))).isEqualTo(room);
        }
    }

    @Test
    void allOfOneStreamIsInOnePartition() {
        StreamKey key = new StreamKey("KEYA");
        String tag = "{p" + key.partition().number() + "}";
        RoomId room = new RoomId(Channel.CHAT, key);
        assertThat(Topics.roomEvents(room).log()).contains(tag);
        assertThat(Topics.roomEvents(room).channel()).contains(tag);
        assertThat(Topics.once(room, "x")).contains(tag);
        assertThat(Topics.viewerCount(key)).contains(tag);
        assertThat(Topics.inbox(ServiceName.CHAT, key.partition())).contains(tag);
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
        assertThat(Position.parse("9-10").after(Position.parse("9-9"))).isTrue();
        assertThat(Position.parse("10-0").after(Position.parse("9-9"))).isTrue();
        assertThat(Position.parse("9-9").after(Position.parse("9-9"))).isFalse();
        assertThatThrownBy(() -> Position.parse("9")).isInstanceOf(IllegalArgumentException.class);
    }
}
