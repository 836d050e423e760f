package io.dorami.loadtest;

import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A running server under load: ours or a peer. Closing it ends what it started. */
interface Target extends AutoCloseable {

    String name();

    /** What exactly it is: versions, options, storage; stands beside every number. */
    String description();

    InetSocketAddress address();

    Wire wire();

    /** What access tokens are signed with. */
    String secret();

    /** Makes a room that takes messages; answers its key. */
    String openRoom(int index);

    /** The process that holds the sockets: its CPU is what is measured. */
    ProcessHandle server();

    /** Everything else that works for it, by name. */
    Map<String, ProcessHandle> others();

    /** Where the rooms' logs can be read; null where the server keeps none that is whole. */
    @Nullable
    RoomLogs logs();

    @Override
    void close();
}
