package io.dorami.stream.state;

import java.util.List;

/** The runs of SRS by their service ids, in the order in which they were first heard of. */
public record SrsInstances(List<String> order) {

    /** Whether the one is known to have been before the other: then it is over, for there is one SRS at a time. */
    boolean before(String run, String other) {
        int at = order.indexOf(run);
        return at >= 0 && at < order.indexOf(other);
    }
}
