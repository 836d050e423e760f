package io.dorami.chat;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;

/** Settings of chat-service. */
@ConfigMapping(prefix = "dorami.chat")
public interface ChatConfig {

    /**
     * Maximum number of messages in the history that a join returns. A larger value makes each join cost more: 100
     * messages of about 300 bytes are 30 KB.
     */
    @WithName("history")
    @WithDefault("100")
    int historyMessages();

    /**
     * Restricts chat to registered streams. If false, any client opens a room by joining it, and Redis stores the keys
     * of each such room for two days.
     */
    @WithDefault("true")
    boolean knownRoomsOnly();

    /**
     * Maximum number of messages of one user within {@link #rateWindow}, over all rooms, tabs and gateways. A larger
     * value lets one user fill a screen.
     */
    @WithName("rate-messages")
    @WithDefault("20")
    int maxMessagesPerRateWindow();

    /**
     * Sliding window of the rate limit. A longer window takes more memory in Redis: 50 bytes for each message in it.
     */
    @WithDefault("10S")
    Duration rateWindow();

    /**
     * Maximum time that a join waits for an unknown stream, because its registration may still be in transit. A longer
     * time tolerates a slower outbox, and delays the rejection of a wrong address.
     */
    @WithName("unknown-room-patience")
    @WithDefault("1S")
    Duration unknownRoomTimeout();

    /** Interval at which each replica reads the words banned in all rooms. A longer interval delays a new word. */
    @WithName("words-poll")
    @WithDefault("500MS")
    Duration wordsPollInterval();
}
