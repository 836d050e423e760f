package io.dorami.loadtest;

import io.dorami.contracts.User;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A running server under load: ours or a peer. Closing it ends what it started. */
interface Target extends AutoCloseable {

    String name();

    /** What exactly it is: versions, options, storage; stands beside every number. */
    String description();

    InetSocketAddress address();

    ClientProtocol wire();

    /** What access tokens are signed with. */
    String secret();

    /** Makes a room that takes messages; answers its key. */
    String openRoom(int index);

    /** Who sells in that room, where there is a shop. */
    default Optional<User> seller(int index) {
        return Optional.empty();
    }

    /** The front door, where there is REST. */
    default Optional<URI> api() {
        return Optional.empty();
    }

    /** The process that holds the sockets: its CPU is what is measured. Empty where it runs on another machine. */
    Optional<ProcessHandle> server();

    /** Everything else that works for it, by name. */
    Map<String, ProcessHandle> others();

    /** Where the rooms' logs can be read; null where the server keeps none that is whole. */
    @Nullable
    RoomLogs logs();

    @Override
    void close();
}
