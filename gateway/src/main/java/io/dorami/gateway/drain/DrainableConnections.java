package io.dorami.gateway.drain;

import java.util.List;

/** The connections of one wire format, as a drain sees them. */
public interface DrainableConnections {

    /** One for each that is open: closes it with "come back". May be run on any thread. */
    List<Runnable> closings();
}
