package io.dorami.testing;

import io.dorami.local.stores.LocalPostgres;
import io.dorami.local.stores.LocalRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Local processes, as {@code ./dorami up} starts them, with temporary data. */
final class ProcessServers implements TestServers {

    private final LocalRedis redis;
    private final LocalPostgres postgres;

    ProcessServers() {
        try {
            // Not below /root or a home folder: as root, PostgreSQL runs as another user, who must reach its data.
            Path folder = Files.createTempDirectory("dorami-test");
            redis = LocalRedis.start(folder.resolve("redis"));
            postgres = LocalPostgres.start(folder.resolve("postgres"), PASSWORD);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String redisUrl() {
        return redis.address();
    }

    @Override
    public String postgresAddress() {
        return postgres.address();
    }

    @Override
    public void close() {
        postgres.close();
        redis.close();
    }
}
