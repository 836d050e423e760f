package io.dorami.testing;

import org.testcontainers.DockerClientFactory;

/**
 * One Redis and one PostgreSQL for a test run: containers where an engine answers, processes of this machine where not.
 * The tests are the same.
 */
public sealed interface TestServers extends AutoCloseable permits ContainerServers, ProcessServers {

    /** Every service's role has this password. */
    String PASSWORD = "test-password";

    /** Such as {@code redis://127.0.0.1:6379}. */
    String redisUrl();

    /** Such as {@code 127.0.0.1:5432/dorami}. */
    String postgresAddress();

    @Override
    void close();

    /** Starts both; {@code DORAMI_TEST_CONTAINERS=false} keeps an engine that answers from being used. */
    static TestServers start() {
        boolean wanted = !"false".equals(System.getenv("DORAMI_TEST_CONTAINERS"));
        return wanted && DockerClientFactory.instance().isDockerAvailable()
                ? new ContainerServers()
                : new ProcessServers();
    }
}
