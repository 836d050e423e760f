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
 * Readiness check: up while PostgreSQL responds. Quarkus's own check would also check the pool for migrations, whose
 * one idle connection is reported as down for seconds after PostgreSQL has recovered.
 */
@Readiness
@ApplicationScoped
@IfBuildProperty(name = "quarkus.datasource.db-kind", stringValue = "postgresql") // only for services with a database
class DatabaseHealth implements AsyncHealthCheck {

    /** Shorter than the time between two probes. */
    private static final Duration RECENT_RESPONSE_AGE = Duration.ofSeconds(1);

    private final Database database;

    DatabaseHealth(Database database) {
        this.database = database;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return HealthProbe.check("postgresql", database.check(RECENT_RESPONSE_AGE));
    }
}
