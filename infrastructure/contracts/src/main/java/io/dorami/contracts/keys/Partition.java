package io.dorami.contracts.keys;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One of {@value #COUNT} partitions of all streams. All work on a stream is done in its partition and therefore in
 * order. The keys of a partition share a hash tag, so that a script can access them together in Redis Cluster too.
 */
public record Partition(int number) {

    /** More than the replicas that a service will ever need, and few enough for one XREADGROUP over all partitions. */
    public static final int COUNT = 16;

    private static final List<Partition> ALL =
            IntStream.range(0, COUNT).mapToObj(Partition::new).toList();

    public Partition {
        if (number < 0 || number >= COUNT) {
            throw new IllegalArgumentException("Partition: expected 0 to " + (COUNT - 1) + ", found " + number);
        }
    }

    /** All partitions, in order. */
    public static List<Partition> all() {
        return ALL;
    }

    /** Uses {@link String#hashCode()}, which its specification fixes, so that every process and version agrees. */
    static Partition of(StreamKey key) {
        return ALL.get(Math.floorMod(key.value().hashCode(), COUNT));
    }

    /** The hash tag of this partition's Redis keys. */
    String hashTag() {
        return "{p" + number + "}";
    }

    // Written out, because a native image interprets the generated methods: decision 18.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Partition same && same.number == number;
    }

    @Override
    public int hashCode() {
        return number;
    }
}
