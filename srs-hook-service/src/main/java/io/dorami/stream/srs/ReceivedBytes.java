package io.dorami.stream.srs;

import java.util.List;

/**
 * The bytes that SRS had received from a publisher when it last counted them. SRS counts all connections at once, every
 * 3 s, and reports these numbers until it counts again.
 *
 * @param countedAt SRS's time of the count, in milliseconds; two reports with the same time are the same count
 */
record ReceivedBytes(long countedAt, long total) {

    /** The arrival of media from a publisher. */
    enum Activity {
        SENDING,
        SILENT,
        UNKNOWN
    }

    /**
     * Judges a publisher by successive counts. Two equal counts prove 3 s of silence. A single increase proves nothing,
     * because the bytes may have arrived just before the silence began.
     *
     * @param counts the counts in order, each at another time
     */
    static Activity judge(List<ReceivedBytes> counts) {
        if (counts.size() < 2) {
            return Activity.UNKNOWN;
        }
        if (counts.getLast().total() == counts.get(counts.size() - 2).total()) {
            return Activity.SILENT;
        }
        return counts.size() < 3 ? Activity.UNKNOWN : Activity.SENDING;
    }
}
