package io.dorami.chat;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What may be tuned in chat. */
@ConfigMapping(prefix = "dorami.chat")
public interface ChatConfig {

    /**
     * How many messages one gets on joining. More show more of the past and cost each join more: 100 of about 300 bytes
     * are 30 KB.
     */
    @WithDefault("100")
    int history();
}
