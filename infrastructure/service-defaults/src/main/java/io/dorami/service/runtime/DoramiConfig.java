package io.dorami.service.runtime;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.Currency;
import java.util.Locale;
import org.eclipse.microprofile.config.spi.Converter;

/** The configuration that all services share; each key is also an environment variable {@code DORAMI_…}. */
@ConfigMapping(prefix = "dorami")
public interface DoramiConfig {

    /** The address of Redis. Services that communicate need the same Redis. */
    @WithDefault("redis://localhost:6379")
    String redisUrl();

    /**
     * The secret that signs and verifies tokens (HS256), at least 32 bytes and the same as the web platform's. Changing
     * the secret signs all users out, unless their tokens come from an issuer in {@code dorami.tokens.issuers}, and
     * invalidates every publish token.
     */
    String jwtSecret();

    /**
     * The time without a renewal after which a replica loses its partitions. A shorter time speeds up the takeover
     * after a crash and costs a few more Redis commands (one for each partition, every fifth of the time).
     */
    @WithDefault("3S")
    @WithName("lease-time")
    Duration leaseDuration();

    /**
     * The maximum messages in one partition of an inbox, after which new commands are rejected with BUSY. 10,000
     * messages of about 500 bytes take 5 MB of Redis and, at 2,000 commands a second, 5 s of waiting.
     */
    @WithDefault("10000")
    int inboxLimit();

    /**
     * The time within which a repeated command is detected. Longer than clients retry; each key costs Redis about 150
     * bytes.
     */
    @WithDefault("10M")
    @WithName("once-time")
    Duration dedupeWindow();

    /** The retention of a room's log after its last event. */
    @WithDefault("24H")
    @WithName("log-time")
    Duration logRetention();

    /**
     * The currency of all amounts, by its ISO 4217 code. The code decides the number of decimals; a later change keeps the
     * numbers of stored amounts.
     */
    @WithDefault("USD")
    @WithConverter(CurrencyConverter.class)
    Currency currency();

    /** The Redis command of the publish scripts: SPUBLISH distributes Pub/Sub over a Redis 7 cluster. */
    @WithDefault("PUBLISH")
    @WithName("publish-verb")
    String publishCommand();

    /**
     * The maximum time for which a replica warms up before it becomes ready; a native executable takes at most 0.5 s. A
     * longer time helps on a slow machine and delays each start; 0 turns the warm-up off.
     */
    @WithDefault("10S")
    Duration warmUp();

    /** A language of our own texts. */
    enum Language {
        KO,
        EN
    }

    /** Converts an ISO 4217 code. */
    class CurrencyConverter implements Converter<Currency> {
        @Override
        public Currency convert(String code) {
            return Currency.getInstance(code.strip().toUpperCase(Locale.ROOT));
        }
    }
}
