package io.dorami.testing;

import org.testcontainers.DockerClientFactory;

/**
 * One Redis and one PostgreSQL for a test run: containers if a container engine responds, else processes of this
 * machine. The tests are the same.
 */
sealed interface TestServers extends AutoCloseable permits ContainerServers, ProcessServers {

    /** Password of every service's database role. */
    String PASSWORD = "test-password";

    /** Address of Redis, such as {@code redis://127.0.0.1:6379}. */
    String redisUrl();

    /** Address of the database, such as {@code 127.0.0.1:5432/dorami}. */
    String postgresAddress();

    @Override
    void close();

    /** Starts both servers; {@code DORAMI_TEST_CONTAINERS=false} disables containers. */
    static TestServers start() {
        boolean containersAllowed = !"false".equals(System.getenv("DORAMI_TEST_CONTAINERS"));
        return containersAllowed && DockerClientFactory.instance().isDockerAvailable()
                ? new ContainerServers()
                : new ProcessServers();
    }
}
