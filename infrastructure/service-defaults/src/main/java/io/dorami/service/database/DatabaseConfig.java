package io.dorami.service.database;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;

/**
 * The two pools of connections to PostgreSQL. Over all services and replicas their sum stays below the server's limit;
 * the table is in the repository's README.
 */
@ConfigMapping(prefix = "dorami.database")
public interface DatabaseConfig {

    /** The pool for orders and streams. */
    Critical critical();

    /** The pool for lists and analytics. */
    Bulk bulk();

    interface Critical {

        /**
         * Maximum connections. More connections allow more concurrent transactions; 0 if a service has no critical
         * work.
         */
        @WithDefault("5")
        int connections();

        /**
         * Maximum requests that wait for a connection. At 5 connections and 2 ms a transaction, 512 are 0.2 s of
         * waiting.
         */
        @WithDefault("512")
        @WithName("waiting")
        int maxWaiting();

        /**
         * Maximum wait in the pool's queue, the value of the infrastructure analysis. No request waits that long: see
         * {@link #timeout}.
         */
        @WithDefault("30S")
        Duration poolTimeout();

        /**
         * Maximum duration of a request, including the wait; PostgreSQL cancels its statement after the same time.
         * Below the 15 s timeout of the API proxy, so that the caller receives BUSY from the service. Work that has not
         * started by then never starts.
         */
        @WithDefault("10S")
        @WithName("patience")
        Duration timeout();
    }

    interface Bulk {

        /** Maximum connections. More connections make lists faster under load and slow down orders in PostgreSQL. */
        @WithDefault("2")
        int connections();

        /**
         * Maximum waiting requests; further ones are rejected at once. At the 3 connections of product-service and 2 ms
         * a list, 256 are 0.2 s.
         */
        @WithDefault("256")
        @WithName("waiting")
        int maxWaiting();

        /** Maximum wait of a list for a connection. */
        @WithDefault("1S")
        Duration poolTimeout();

        /** Maximum duration of a list, including the wait; PostgreSQL cancels its statement after the same time. */
        @WithDefault("2S")
        @WithName("patience")
        Duration timeout();

        /**
         * Time for which the breaker stays open after half of 20 lists failed. A longer time relieves PostgreSQL more.
         */
        @WithDefault("2S")
        @WithName("rest")
        Duration breakerDelay();
    }
}
