package io.dorami.gateway.drain;

import java.util.List;

/** The connections of one protocol that a graceful shutdown closes. */
public interface DrainableConnections {

    /** Returns an action for each open connection that closes it with SERVICE_RESTART. Each may run on any thread. */
    List<Runnable> closeActions();
}
