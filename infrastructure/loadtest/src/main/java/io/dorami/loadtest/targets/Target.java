package io.dorami.loadtest.targets;

import io.dorami.contracts.User;
import io.dorami.loadtest.measurement.RoomLogs;
import io.dorami.loadtest.protocol.ClientProtocol;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A running server under load: Dorami or a peer. Closing stops the processes that it started. */
public interface Target extends AutoCloseable {

    String name();

    /** Versions, options and storage, for the report. */
    String description();

    InetSocketAddress address();

    ClientProtocol protocol();

    /** Secret for the signatures of access tokens. */
    String jwtSecret();

    /** Opens a room that accepts messages, and returns its key. */
    String openRoom(int index);

    /** Seller of the room; empty if the target has no shop. */
    default Optional<User> seller(int index) {
        return Optional.empty();
    }

    /** Base address of the REST API; empty if the target has none. */
    default Optional<URI> apiAddress() {
        return Optional.empty();
    }

    /** Process that holds the sockets, whose CPU time is measured. Empty if it runs on another machine. */
    Optional<ProcessHandle> serverProcess();

    /** All other processes of the target, by name. */
    Map<String, ProcessHandle> otherProcesses();

    /** Logs of the rooms; null if the server keeps no complete log. */
    @Nullable
    RoomLogs roomLogs();

    @Override
    void close();
}
