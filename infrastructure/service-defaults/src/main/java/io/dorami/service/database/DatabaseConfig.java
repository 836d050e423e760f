package io.dorami.service.database;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/**
 * The two pools of connections to PostgreSQL. Over all services and replicas their sum stays below the server's limit: the
 * table is in the repository's README.
 */
@ConfigMapping(prefix = "dorami.database")
public interface DatabaseConfig {

    /** Orders and streams. */
    Critical critical();

    /** Lists and analytics. */
    Bulk bulk();

    interface Critical {

        /** More lets more transactions run at once; 0 where a service has nothing critical. */
        @WithDefault("5")
        int connections();

        /** Requests that wait for a connection. At 5 connections and 2 ms a transaction, 512 are 0.2 s behind. */
        @WithDefault("512")
        int waiting();

        /**
         * How long the pool keeps a place in its queue, the infrastructure analysis's value. Nobody stands there for that
         * long: see {@link #patience}.
         */
        @WithDefault("30S")
        Duration poolTimeout();

        /**
         * What a request takes at the most, waiting included; PostgreSQL ends its statement then too. Below the 15 s after
         * which the front door gives up, so that the caller hears BUSY from here. What has not begun by then never does.
         */
        @WithDefault("10S")
        Duration patience();
    }

    interface Bulk {

        /** More makes lists faster under load, and takes more of PostgreSQL's attention away from orders. */
        @WithDefault("2")
        int connections();

        /** At 3 connections and 2 ms a list, 256 are 0.2 s behind; whoever comes then is refused at once. */
        @WithDefault("256")
        int waiting();

        /** A list that waited this long for a connection is refused. */
        @WithDefault("1S")
        Duration poolTimeout();

        /** What a list takes at the most, waiting included; PostgreSQL ends its statement then too. */
        @WithDefault("2S")
        Duration patience();

        /** How long the breaker refuses everything once half of 20 lists failed. Longer gives PostgreSQL more rest. */
        @WithDefault("2S")
        Duration rest();
    }
}
