package io.dorami.chat;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What may be tuned in chat. */
@ConfigMapping(prefix = "dorami.chat")
public interface ChatConfig {

    /**
     * How many messages one gets on joining. More show more of the past and cost each join more: 100 of about 300 bytes
     * are 30 KB.
     */
    @WithDefault("100")
    int history();

    /**
     * Whether only streams that somebody registered have a chat. Off, anybody opens a room by joining it, and each costs
     * Redis its keys for two days.
     */
    @WithDefault("true")
    boolean knownRoomsOnly();

    /** Messages of one user within {@link #rateWindow}, in all rooms, tabs and gateways. More lets a user fill a screen. */
    @WithDefault("20")
    int rateMessages();

    /** In any such time, however it is laid. Longer makes Redis remember more: 50 bytes for each message in it. */
    @WithDefault("10S")
    Duration rateWindow();

    /**
     * How long a join waits for a stream that nobody has heard of, for its registration may be on its way. Longer bridges a
     * slower outbox and lets a wrong address wait.
     */
    @WithDefault("1S")
    Duration unknownRoomPatience();

    /** How often each replica looks for other words that may not be said anywhere. Longer makes a new word hold later. */
    @WithDefault("500MS")
    Duration wordsPoll();
}
