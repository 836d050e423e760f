package io.dorami.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.contracts.events.Delivery;
import io.dorami.gateway.transport.SendQueue.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SendQueueTest {

    private static final Duration STALL_TIMEOUT = Duration.ofSeconds(10);

    private final SendStats stats = new SendStats();
    private final FakeTransport transport = new FakeTransport();
    private final RecordingOwner owner = new RecordingOwner();
    private final SendQueue sendQueue = new SendQueue(transport, owner, new Limits(4, 1_000, STALL_TIMEOUT), stats);

    /** A transport that accepts a limited number of frames. */
    private static final class FakeTransport implements Transport {
        final List<String> written = new ArrayList<>();
        int capacity = Integer.MAX_VALUE;
        int flushes;
        private Runnable writableCallback = () -> {};

        @Override
        public boolean isWritable() {
            return capacity > 0;
        }

        @Override
        public void write(Frame frame) {
            written.add(frame.payload());
            capacity--;
        }

        @Override
        public void write(FrameBatch batch) {
            batch.frames().forEach(this::write);
        }

        @Override
        public void flush() {
            flushes++;
        }

        @Override
        public void onWritable(Runnable callback) {
            this.writableCallback = callback;
        }

        @Override
        public void close(int code, String reason) {}

        void allow(int frames) {
            capacity = frames;
            writableCallback.run();
        }
    }

    private static final class RecordingOwner implements SendQueue.Owner {
        boolean overflowed;

        @Override
        public Frame droppedMessage(String topic, int count) {
            return Frame.text("dropped " + count + " of " + topic);
        }

        @Override
        public void onOverflow() {
            overflowed = true;
        }
    }

    private static Frame frame(Delivery delivery, String text) {
        return Frame.text(delivery, "room", "event", text);
    }

    private static FrameBatch batch(Delivery delivery, String... texts) {
        return new FrameBatch(
                List.of(texts).stream().map(text -> frame(delivery, text)).toList());
    }

    @Test
    void batchIsWrittenWithOneFlush() {
        sendQueue.send(batch(Delivery.DROPPABLE, "1", "2", "3"));
        assertThat(transport.written).containsExactly("1", "2", "3");
        assertThat(stats.flushes).isEqualTo(transport.flushes).isEqualTo(1);
        assertThat(stats.framesWritten).isEqualTo(3);
    }

    @Test
    void unwrittenFramesQueueInOrder() {
        transport.capacity = 0;
        sendQueue.send(batch(Delivery.DROPPABLE, "1"));
        sendQueue.send(frame(Delivery.RELIABLE, "2"));
        sendQueue.send(batch(Delivery.CONFLATED, "3"));
        assertThat(transport.written).isEmpty();
        transport.allow(2);
        assertThat(transport.written).containsExactly("1", "2");
        sendQueue.send(frame(Delivery.RELIABLE, "4"));
        transport.allow(9);
        assertThat(transport.written).containsExactly("1", "2", "3", "4");
        assertThat(stats.queuedFrames).isZero();
        assertThat(stats.queuedBytes).isZero();
    }

    @Test
    void newerConflatedFrameReplacesQueuedOne() {
        transport.capacity = 0;
        sendQueue.send(frame(Delivery.CONFLATED, "count 1"));
        sendQueue.send(Frame.text(Delivery.CONFLATED, "room", "another", "another"));
        sendQueue.send(Frame.text(Delivery.CONFLATED, "elsewhere", "event", "elsewhere"));
        sendQueue.send(frame(Delivery.CONFLATED, "count 2"));
        transport.allow(9);
        assertThat(transport.written).containsExactly("another", "elsewhere", "count 2");
    }

    @Test
    void oldestDroppableFramesAreDroppedAndReportedFirst() {
        transport.capacity = 0;
        sendQueue.send(frame(Delivery.RELIABLE, "reliable"));
        IntStream.rangeClosed(1, 6).forEach(i -> sendQueue.send(frame(Delivery.DROPPABLE, "chat " + i)));
        transport.allow(9);
        assertThat(transport.written).containsExactly("dropped 3 of room", "reliable", "chat 4", "chat 5", "chat 6");
        assertThat(stats.droppedFrames).isEqualTo(3);
        assertThat(owner.overflowed).isFalse();
    }

    @Test
    void tooManyReliableFramesOverflowQueue() {
        transport.capacity = 0;
        IntStream.rangeClosed(1, 5).forEach(i -> sendQueue.send(frame(Delivery.RELIABLE, "reliable " + i)));
        assertThat(owner.overflowed).isTrue();
        transport.allow(9);
        sendQueue.send(frame(Delivery.RELIABLE, "late"));
        assertThat(transport.written).isEmpty();
        assertThat(stats.queuedBytes).isZero();
    }

    @Test
    void byteLimitIsEnforced() {
        transport.capacity = 0;
        sendQueue.send(frame(Delivery.RELIABLE, "x".repeat(600)));
        sendQueue.send(frame(Delivery.DROPPABLE, "y".repeat(600)));
        assertThat(stats.droppedFrames).isEqualTo(1);
        sendQueue.send(frame(Delivery.RELIABLE, "z".repeat(600)));
        assertThat(owner.overflowed).isTrue();
    }

    @Test
    void stalledQueueOverflows() {
        transport.capacity = 0;
        sendQueue.send(frame(Delivery.DROPPABLE, "1"));
        sendQueue.closeIfStalled(System.nanoTime() + STALL_TIMEOUT.toNanos() / 2);
        assertThat(owner.overflowed).isFalse();
        sendQueue.closeIfStalled(System.nanoTime() + STALL_TIMEOUT.toNanos() * 2);
        assertThat(owner.overflowed).isTrue();
    }

    @Test
    void switchedTransportGetsQueuedFramesFirst() {
        transport.capacity = 0;
        sendQueue.send(frame(Delivery.RELIABLE, "1"));
        FakeTransport next = new FakeTransport();
        sendQueue.switchTransport(next);
        transport.allow(9);
        sendQueue.send(frame(Delivery.RELIABLE, "2"));
        assertThat(transport.written).isEmpty();
        assertThat(next.written).containsExactly("1", "2");
    }

    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    /** The order is kept, every reliable frame arrives, and every droppable frame arrives or is counted as dropped. */
    @ParameterizedTest
    @MethodSource("seeds")
    void randomLoadKeepsOrderAndCountsDrops(int seed) {
        Random random = new Random(seed);
        List<String> reliable = new ArrayList<>();
        List<String> droppable = new ArrayList<>();
        for (int i = 0; i < 500 && !owner.overflowed; i++) {
            if (random.nextInt(3) == 0) {
                transport.allow(random.nextInt(6));
                continue;
            }
            Delivery delivery = Delivery.values()[random.nextInt(3)];
            List<Frame> frames = new ArrayList<>();
            for (int n = 0; n <= random.nextInt(2); n++) {
                String text = "%06d %s".formatted(i * 10 + n, delivery);
                frames.add(frame(delivery, text));
                (delivery == Delivery.RELIABLE ? reliable : droppable).add(text);
            }
            if (random.nextBoolean()) {
                sendQueue.send(new FrameBatch(frames));
            } else {
                sendQueue.send(frames);
            }
        }
        droppable.removeIf(text -> text.endsWith(Delivery.CONFLATED.name()));
        List<String> arrived = transport.written.stream()
                .filter(text -> !text.startsWith("dropped"))
                .toList();
        assertThat(arrived).isSorted().doesNotHaveDuplicates();
        if (!owner.overflowed) {
            transport.allow(1_000);
            assertThat(transport.written).containsAll(reliable);
            long arrivedDroppable = transport.written.stream()
                    .filter(text -> text.endsWith(Delivery.DROPPABLE.name()))
                    .count();
            assertThat(arrivedDroppable + stats.droppedFrames).isEqualTo(droppable.size());
            assertThat(stats.queuedFrames).isZero();
            assertThat(stats.queuedBytes).isZero();
        }
    }
}
