package io.dorami.testing;

import java.io.IOException;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** Containers of the official images, or of the images that the environment names. */
final class ContainerServers implements TestServers {

    private static final int REDIS_PORT = 6379;

    private final GenericContainer<?> redis = new GenericContainer<>(image("DORAMI_TEST_REDIS_IMAGE", "redis:7"))
            .withCommand(
                    "redis-server",
                    "--appendonly",
                    "yes",
                    "--maxmemory-policy",
                    "noeviction",
                    "--protected-mode",
                    "no",
                    "--bind",
                    "0.0.0.0")
            .withExposedPorts(REDIS_PORT);

    private final PostgreSQLContainer postgres = new PostgreSQLContainer(
                    image("DORAMI_TEST_POSTGRES_IMAGE", "postgres:17").asCompatibleSubstituteFor("postgres"))
            .withDatabaseName("dorami")
            .withUsername("postgres")
            .withPassword(PASSWORD)
            .withCopyFileToContainer(MountableFile.forClasspathResource("postgres/init.sql"), "/init.sql");

    ContainerServers() {
        redis.start();
        postgres.start();
        initialise();
    }

    @Override
    public String redisUrl() {
        return "redis://" + redis.getHost() + ":" + redis.getMappedPort(REDIS_PORT);
    }

    @Override
    public String postgresAddress() {
        return postgres.getHost() + ":" + postgres.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT) + "/dorami";
    }

    @Override
    public void close() {
        redis.close();
        postgres.close();
    }

    private void initialise() {
        try {
            ExecResult result = postgres.execInContainer(
                    "env",
                    "PGPASSWORD=" + PASSWORD,
                    "psql",
                    "--host=127.0.0.1",
                    "--username=postgres",
                    "--dbname=dorami",
                    "--set=ON_ERROR_STOP=1",
                    "--set=password=" + PASSWORD,
                    "--file=/init.sql");
            if (result.getExitCode() != 0) {
                throw new IllegalStateException("init.sql failed: " + result.getStderr());
            }
        } catch (IOException e) {
            throw new IllegalStateException("init.sql could not be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static DockerImageName image(String variable, String official) {
        return DockerImageName.parse(System.getenv().getOrDefault(variable, official));
    }
}
