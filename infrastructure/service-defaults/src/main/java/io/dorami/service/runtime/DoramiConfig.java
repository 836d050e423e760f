package io.dorami.service.runtime;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What every service needs to know of its surroundings; each is an environment variable {@code DORAMI_…} too. */
@ConfigMapping(prefix = "dorami")
public interface DoramiConfig {

    /** The one Redis. Another address is another platform: services that must meet need the same. */
    @WithDefault("redis://localhost:6379")
    String redisUrl();

    /**
     * Signs and verifies tokens (HS256), at least 32 bytes; the same as the web platform's. Changing it signs everybody
     * out and makes every publish token void.
     */
    String jwtSecret();

    /**
     * A replica that has not renewed its lease for this long loses its partitions. Shorter takes over sooner after a
     * crash and costs a few more Redis commands (one for each partition, each fifth of it).
     */
    @WithDefault("3S")
    Duration leaseTime();

    /**
     * What may wait in one partition of an inbox before new commands are refused with BUSY. 10,000 of about 500 bytes
     * are 5 MB of Redis, and at 2,000 commands a second 5 s of waiting.
     */
    @WithDefault("10000")
    int inboxLimit();

    /**
     * How long a repeated command is recognised as the same. Longer than a client retries; each key costs Redis about
     * 150 bytes.
     */
    @WithDefault("10M")
    Duration onceTime();

    /** How long a room's log is kept after its last event. */
    @WithDefault("24H")
    Duration logTime();

    /** The verb of the publish scripts: SPUBLISH spreads Pub/Sub over a Redis 7 cluster. */
    @WithDefault("PUBLISH")
    String publishVerb();
}
