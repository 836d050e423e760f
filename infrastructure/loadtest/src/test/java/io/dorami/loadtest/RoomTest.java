package io.dorami.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Messages as they come off the wire, and the log, against what each socket was given. */
class RoomTest {

    private final RunCounters tally = new RunCounters(1_000_000_000);
    private final Room room = new Room(3, "key", 80, tally);
    private final Ledger first = Ledger.fromTheStart();
    private final Ledger second = Ledger.fromTheStart();

    @Test
    void theOrderInWhichSendersWereHeardIsTheRoomsOrder() {
        say(3);
        hear(first, 2, 0, 1);
        hear(second, 2, 0, 1);
        assertThat(first.outOfOrder() + second.outOfOrder()).isZero();
        assertThat(room.against(List.of(2, 0, 1)).disordered()).isZero();
        assertThat(tally.delivered).isEqualTo(6);
    }

    @Test
    void aSocketThatHearsAnotherOrderThanTheRoomIsFound() {
        say(3);
        hear(first, 0, 1, 2);
        hear(second, 1, 0, 2);
        assertThat(second.outOfOrder()).isOne();
        assertThat(second.lost(room.heard())).isZero();
    }

    @Test
    void allHearingAnotherOrderThanTheLogIsFound() {
        say(3);
        hear(first, 0, 1, 2);
        hear(second, 0, 1, 2);
        assertThat(room.against(List.of(1, 0, 2)).disordered()).isOne();
    }

    @Test
    void aDoubledDeliveryIsNoDelivery() {
        say(1);
        hear(first, 0, 0);
        assertThat(first.doubled()).isOne();
        assertThat(tally.delivered).isOne();
    }

    @Test
    void theLogIsHeldAgainstWhatSendersWereTold() {
        say(5);
        IntStream.range(0, 4).forEach(room::accepted);
        hear(first, 0, 1);
        // 0 is logged twice, 1 heard and not logged, 2 logged and not heard, 3 neither, 4 logged without an answer
        Room.Audit audit = room.against(List.of(0, 0, 2, 4));
        assertThat(audit).isEqualTo(new Room.Audit(4, 2, 1, 2, 0));
    }

    @Test
    void withoutALogWhatWasAcceptedMustBeHeard() {
        say(3);
        room.accepted(0);
        room.accepted(2);
        hear(first, 0, 1);
        assertThat(room.withoutLog()).isEqualTo(new Room.Audit(2, 0, 0, 1, 0));
    }

    @Test
    void anotherRoomsMessageIsAStray() {
        say(1);
        ByteBuf foreign = frame(MessageTag.text(4, 0, 80));
        room.heard(first, false, foreign, MessageTag.find(foreign, 0, foreign.writerIndex()), 0);
        assertThat(tally.stray).isOne();
        assertThat(tally.delivered).isZero();
    }

    @Test
    void aGapBetweenHistoryAndLiveIsLost() {
        say(4);
        hear(first, 0, 1, 2, 3);
        Ledger late = Ledger.fromNow();
        ByteBuf history = frame(room.text(0) + "\",\"" + room.text(1));
        room.history(late, history, 0, history.writerIndex());
        hear(late, 3);
        assertThat(late.lost(room.heard())).isOne();
    }

    private void say(int messages) {
        for (int i = 0; i < messages; i++) {
            room.say(i);
        }
    }

    private void hear(Ledger ledger, int... numbers) {
        for (int number : numbers) {
            ByteBuf frame = frame(room.text(number));
            room.heard(ledger, false, frame, MessageTag.find(frame, 0, frame.writerIndex()), 10);
        }
    }

    private static ByteBuf frame(String message) {
        String frame = "{\"event\":\"chat:message\",\"data\":{\"message\":\"" + message + "\"}}";
        return Unpooled.wrappedBuffer(frame.getBytes(StandardCharsets.UTF_8));
    }
}
