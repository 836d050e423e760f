package io.dorami.loadtest.measurement;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.loadtest.protocol.MessageTag;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Received messages, compared with the room's order and with its log. */
class RoomTrackerTest {

    private final RunCounters counters = new RunCounters(1_000_000_000);
    private final RoomTracker room = new RoomTracker(3, "key", 80, counters);
    private final DeliveryTracker first = DeliveryTracker.fromStart();
    private final DeliveryTracker second = DeliveryTracker.fromStart();

    @Test
    void firstReceivedOrder_isRoomOrder() {
        send(3);
        receive(first, 2, 0, 1);
        receive(second, 2, 0, 1);
        assertThat(first.outOfOrder() + second.outOfOrder()).isZero();
        assertThat(room.auditAgainst(List.of(2, 0, 1)).outOfOrder()).isZero();
        assertThat(counters.delivered).isEqualTo(6);
    }

    @Test
    void socketWithAnotherOrder_isDetected() {
        send(3);
        receive(first, 0, 1, 2);
        receive(second, 1, 0, 2);
        assertThat(second.outOfOrder()).isOne();
        assertThat(second.lostCount(room.receivedCount())).isZero();
    }

    @Test
    void orderDifferentFromLog_isDetected() {
        send(3);
        receive(first, 0, 1, 2);
        receive(second, 0, 1, 2);
        assertThat(room.auditAgainst(List.of(1, 0, 2)).outOfOrder()).isOne();
    }

    @Test
    void duplicate_isNoDelivery() {
        send(1);
        receive(first, 0, 0);
        assertThat(first.duplicates()).isOne();
        assertThat(counters.delivered).isOne();
    }

    @Test
    void audit_comparesLogWithAcceptedMessages() {
        send(5);
        IntStream.range(0, 4).forEach(room::recordAccepted);
        receive(first, 0, 1);
        // 0: logged twice; 1: received, not logged; 2: logged, not received; 3: neither; 4: logged, not accepted
        RoomTracker.Audit audit = room.auditAgainst(List.of(0, 0, 2, 4));
        assertThat(audit).isEqualTo(new RoomTracker.Audit(4, 2, 1, 2, 0));
    }

    @Test
    void withoutLog_acceptedMustBeReceived() {
        send(3);
        room.recordAccepted(0);
        room.recordAccepted(2);
        receive(first, 0, 1);
        assertThat(room.auditWithoutLog()).isEqualTo(new RoomTracker.Audit(2, 0, 0, 1, 0));
    }

    @Test
    void messageOfAnotherRoom_isStray() {
        send(1);
        ByteBuf foreign = frame(MessageTag.text(4, 0, 80));
        room.onMessage(first, false, foreign, MessageTag.find(foreign, 0, foreign.writerIndex()), 0);
        assertThat(counters.stray).isOne();
        assertThat(counters.delivered).isZero();
    }

    @Test
    void gapAfterHistory_isLost() {
        send(4);
        receive(first, 0, 1, 2, 3);
        DeliveryTracker lateJoiner = DeliveryTracker.fromNow();
        ByteBuf history = frame(room.text(0) + "\",\"" + room.text(1));
        room.onHistory(lateJoiner, history, 0, history.writerIndex());
        receive(lateJoiner, 3);
        assertThat(lateJoiner.lostCount(room.receivedCount())).isOne();
    }

    private void send(int messages) {
        for (int i = 0; i < messages; i++) {
            room.nextMessage(i);
        }
    }

    private void receive(DeliveryTracker deliveries, int... numbers) {
        for (int number : numbers) {
            ByteBuf frame = frame(room.text(number));
            room.onMessage(deliveries, false, frame, MessageTag.find(frame, 0, frame.writerIndex()), 10);
        }
    }

    private static ByteBuf frame(String message) {
        String frame = "{\"event\":\"chat:message\",\"data\":{\"message\":\"" + message + "\"}}";
        return Unpooled.wrappedBuffer(frame.getBytes(StandardCharsets.UTF_8));
    }
}
