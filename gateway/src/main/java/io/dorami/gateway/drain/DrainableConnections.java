package io.dorami.gateway.drain;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/** The connections of one protocol that a graceful shutdown closes. */
public interface DrainableConnections {

    /** Returns true if the request would open a connection of this protocol. */
    boolean isOpenedBy(HttpServerRequest request);

    /** Returns an action for each open connection that closes it with SERVICE_RESTART. Each may run on any thread. */
    List<Runnable> closeActions();
}
