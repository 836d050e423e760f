package io.dorami.stream.state;

import java.util.List;

/** The instances of SRS by service id, in the order in which they were first seen. */
public record SrsInstances(List<String> instanceIds) {

    /** Returns whether an instance is known to precede another. It has then ended, because one SRS runs at a time. */
    boolean isBefore(String instanceId, String other) {
        int index = instanceIds.indexOf(instanceId);
        return index >= 0 && index < instanceIds.indexOf(other);
    }
}
