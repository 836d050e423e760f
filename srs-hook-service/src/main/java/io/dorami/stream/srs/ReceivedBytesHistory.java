package io.dorami.stream.srs;

import io.dorami.stream.state.Publisher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The last counts of a publisher's bytes, the oldest first, from which the bitrate follows.
 *
 * @param counts at most those of {@link #WINDOW} and one before: six, at one count in 3 s
 */
record ReceivedBytesHistory(Publisher publisher, List<ReceivedBytes> counts) {

    /**
     * Time over which the bitrate is an average: five counts of SRS, so that the key frames and the 5 s after which SRS
     * adds the bytes of a WebRTC publisher do not show as waves.
     */
    static final Duration WINDOW = Duration.ofSeconds(15);

    /** Age from which a count is no measure of the present. A page asks every few seconds. */
    static final Duration MAX_AGE = Duration.ofMinutes(1);

    /** Adds a count; a repeated count changes nothing. Another publisher's counts are dropped. */
    static ReceivedBytesHistory next(@Nullable ReceivedBytesHistory before, Publisher publisher, ReceivedBytes count) {
        if (before == null || !before.publisher.equals(publisher)) {
            return new ReceivedBytesHistory(publisher, List.of(count));
        }
        if (before.counts.getLast().countedAt() >= count.countedAt()) {
            return before;
        }
        List<ReceivedBytes> counts = new ArrayList<>(before.counts);
        counts.add(count);
        while (counts.size() > 1
                && (age(counts.getFirst(), count) > MAX_AGE.toMillis()
                        || age(counts.get(1), count) >= WINDOW.toMillis())) {
            counts.removeFirst();
        }
        return new ReceivedBytesHistory(publisher, List.copyOf(counts));
    }

    /** The average bitrate in kbit/s; empty before the second count. */
    OptionalLong kilobitsPerSecond() {
        if (counts.size() < 2) {
            return OptionalLong.empty();
        }
        ReceivedBytes first = counts.getFirst();
        ReceivedBytes last = counts.getLast();
        // Bits in a millisecond are kilobits in a second.
        return OptionalLong.of(Math.max(0, last.total() - first.total()) * 8 / age(first, last));
    }

    private static long age(ReceivedBytes earlier, ReceivedBytes later) {
        return later.countedAt() - earlier.countedAt();
    }
}
