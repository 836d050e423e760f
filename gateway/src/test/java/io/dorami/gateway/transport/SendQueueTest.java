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

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final SendStats tally = new SendStats();
    private final Line line = new Line();
    private final Client client = new Client();
    private final SendQueue outbox = new SendQueue(line, client, new Limits(4, 1_000, PATIENCE), tally);

    /** A transport that takes as many frames as it is told to. */
    private static final class Line implements Transport {
        final List<String> taken = new ArrayList<>();
        int room = Integer.MAX_VALUE;
        int flushes;
        private Runnable drain = () -> {};

        @Override
        public boolean writable() {
            return room > 0;
        }

        @Override
        public void write(Frame frame) {
            taken.add(frame.payload());
            room--;
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
        public void onWritable(Runnable drain) {
            this.drain = drain;
        }

        @Override
        public void close(int code, String reason) {}

        void makeRoom(int frames) {
            room = frames;
            drain.run();
        }
    }

    private static final class Client implements SendQueue.Owner {
        boolean overflowed;

        @Override
        public Frame dropped(String topic, int count) {
            return Frame.text("dropped " + count + " of " + topic);
        }

        @Override
        public void overflowed() {
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
    void aPassIsOneFlush() {
        outbox.broadcast(batch(Delivery.DROPPABLE, "1", "2", "3"));
        assertThat(line.taken).containsExactly("1", "2", "3");
        assertThat(tally.writes).isEqualTo(line.flushes).isEqualTo(1);
        assertThat(tally.deliveries).isEqualTo(3);
    }

    @Test
    void whatIsNotTakenWaitsInOrderWhateverItIs() {
        line.room = 0;
        outbox.broadcast(batch(Delivery.DROPPABLE, "1"));
        outbox.send(frame(Delivery.RELIABLE, "2"));
        outbox.broadcast(batch(Delivery.CONFLATED, "3"));
        assertThat(line.taken).isEmpty();
        line.makeRoom(2);
        assertThat(line.taken).containsExactly("1", "2");
        outbox.send(frame(Delivery.RELIABLE, "4"));
        line.makeRoom(9);
        assertThat(line.taken).containsExactly("1", "2", "3", "4");
        assertThat(tally.queuedFrames).isZero();
        assertThat(tally.queuedBytes).isZero();
    }

    @Test
    void aNewerOneTakesThePlaceOfWhatOnlyMattersAsTheLatest() {
        line.room = 0;
        outbox.send(frame(Delivery.CONFLATED, "count 1"));
        outbox.send(Frame.text(Delivery.CONFLATED, "room", "another", "another"));
        outbox.send(Frame.text(Delivery.CONFLATED, "elsewhere", "event", "elsewhere"));
        outbox.send(frame(Delivery.CONFLATED, "count 2"));
        line.makeRoom(9);
        assertThat(line.taken).containsExactly("another", "elsewhere", "count 2");
    }

    @Test
    void overTheBoundTheOldestLossyAreDroppedAndTheClientIsToldFirst() {
        line.room = 0;
        outbox.send(frame(Delivery.RELIABLE, "sure"));
        IntStream.rangeClosed(1, 6).forEach(i -> outbox.send(frame(Delivery.DROPPABLE, "chat " + i)));
        line.makeRoom(9);
        assertThat(line.taken).containsExactly("dropped 3 of room", "sure", "chat 4", "chat 5", "chat 6");
        assertThat(tally.droppedLossy).isEqualTo(3);
        assertThat(client.overflowed).isFalse();
    }

    @Test
    void moreSureFramesThanTheBoundEndTheOutbox() {
        line.room = 0;
        IntStream.rangeClosed(1, 5).forEach(i -> outbox.send(frame(Delivery.RELIABLE, "sure " + i)));
        assertThat(client.overflowed).isTrue();
        line.makeRoom(9);
        outbox.send(frame(Delivery.RELIABLE, "late"));
        assertThat(line.taken).isEmpty();
        assertThat(tally.queuedBytes).isZero();
    }

    @Test
    void bytesAreBoundedToo() {
        line.room = 0;
        outbox.send(frame(Delivery.RELIABLE, "x".repeat(600)));
        outbox.send(frame(Delivery.DROPPABLE, "y".repeat(600)));
        assertThat(tally.droppedLossy).isEqualTo(1);
        outbox.send(frame(Delivery.RELIABLE, "z".repeat(600)));
        assertThat(client.overflowed).isTrue();
    }

    @Test
    void aQueueThatDoesNotMoveEnds() {
        line.room = 0;
        outbox.send(frame(Delivery.DROPPABLE, "1"));
        outbox.checkPatience(System.nanoTime() + PATIENCE.toNanos() / 2);
        assertThat(client.overflowed).isFalse();
        outbox.checkPatience(System.nanoTime() + PATIENCE.toNanos() * 2);
        assertThat(client.overflowed).isTrue();
    }

    @Test
    void afterTheSwitchAllGoesTheNewWayWhatWaitsFirst() {
        line.room = 0;
        outbox.send(frame(Delivery.RELIABLE, "1"));
        Line next = new Line();
        outbox.switchTo(next);
        line.makeRoom(9);
        outbox.send(frame(Delivery.RELIABLE, "2"));
        assertThat(line.taken).isEmpty();
        assertThat(next.taken).containsExactly("1", "2");
    }

    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    /** Whatever comes: order is kept, every sure one arrives, and of the lossy ones each arrives or is counted. */
    @ParameterizedTest
    @MethodSource("seeds")
    void nothingIsReorderedAndNothingGoesUncounted(int seed) {
        Random random = new Random(seed);
        List<String> sure = new ArrayList<>();
        List<String> lossy = new ArrayList<>();
        for (int i = 0; i < 500 && !client.overflowed; i++) {
            if (random.nextInt(3) == 0) {
                line.makeRoom(random.nextInt(6));
                continue;
            }
            Delivery delivery = Delivery.values()[random.nextInt(3)];
            List<Frame> frames = new ArrayList<>();
            for (int n = 0; n <= random.nextInt(2); n++) {
                String text = "%06d %s".formatted(i * 10 + n, delivery);
                frames.add(frame(delivery, text));
                (delivery == Delivery.RELIABLE ? sure : lossy).add(text);
            }
            if (random.nextBoolean()) {
                outbox.broadcast(new FrameBatch(frames));
            } else {
                outbox.send(frames);
            }
        }
        lossy.removeIf(text -> text.endsWith("LATEST"));
        List<String> arrived =
                line.taken.stream().filter(text -> !text.startsWith("dropped")).toList();
        assertThat(arrived).isSorted().doesNotHaveDuplicates();
        if (!client.overflowed) {
            line.makeRoom(1_000);
            assertThat(line.taken).containsAll(sure);
            long came =
                    line.taken.stream().filter(text -> text.endsWith("LOSSY")).count();
            assertThat(came + tally.droppedLossy).isEqualTo(lossy.size());
            assertThat(tally.queuedFrames).isZero();
            assertThat(tally.queuedBytes).isZero();
        }
    }
}
