package io.dorami.gateway;

import io.dorami.contracts.EventFrame;
import java.util.ArrayDeque;
import java.util.Queue;

/** What a connection is to a room: coming in, with what the room said meanwhile, or in it. */
sealed interface Membership {

    /** Waits for its history; what the room says is held until then. Each attempt is another one, hence no record. */
    final class Joining implements Membership {
        final Queue<EventFrame> held = new ArrayDeque<>();
    }

    /** Gets what the room says. */
    record Member() implements Membership {}
}
