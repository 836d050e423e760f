package io.dorami.contracts.keys;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One of {@value #COUNT} slices of all streams. Work on one stream is done in one partition, hence in order; the keys of
 * a partition share a hash tag, so that a script may touch them together in Redis Cluster too.
 */
public record Partition(int number) {

    /** More than the replicas a service will ever need, few enough to read all of them in one XREADGROUP. */
    public static final int COUNT = 16;

    private static final List<Partition> ALL =
            IntStream.range(0, COUNT).mapToObj(Partition::new).toList();

    public Partition {
        if (number < 0 || number >= COUNT) {
            throw new IllegalArgumentException("No partition " + number);
        }
    }

    /** All partitions, in order. */
    public static List<Partition> all() {
        return ALL;
    }

    /** {@link String#hashCode()} is fixed by its specification, so every process and version agrees. */
    static Partition of(StreamKey key) {
        return ALL.get(Math.floorMod(key.value().hashCode(), COUNT));
    }

    /** The hash tag of this partition's Redis keys. */
    String tag() {
        return "{p" + number + "}";
    }

    // Written out, for a native image interprets the generated ones: decision 18.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Partition same && same.number == number;
    }

    @Override
    public int hashCode() {
        return number;
    }
}
