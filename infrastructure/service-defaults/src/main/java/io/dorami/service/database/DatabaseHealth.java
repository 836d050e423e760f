package io.dorami.service.database;

import io.dorami.service.runtime.HealthProbe;
import io.quarkus.arc.properties.IfBuildProperty;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready only while PostgreSQL answers. Quarkus's own check would ask the pool for migrations too, whose one idle
 * connection says "down" for seconds after PostgreSQL is back.
 */
@Readiness
@ApplicationScoped
@IfBuildProperty(name = "quarkus.datasource.db-kind", stringValue = "postgresql") // only where there is a database
class DatabaseHealth implements AsyncHealthCheck {

    /** Less than the time between two probes. */
    private static final Duration RECENTLY = Duration.ofSeconds(1);

    private final Database database;

    DatabaseHealth(Database database) {
        this.database = database;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return HealthProbe.check("postgresql", database.check(RECENTLY));
    }
}
