package io.dorami.stream;

import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** SRS says every 9 s that it is there. */
@Path("/api/streaming/srs-heartbeat")
@Tag(name = "SRS")
public class HeartbeatResource {

    private final HookSecret secret;
    private final StreamMetrics metrics;

    HeartbeatResource(HookSecret secret, StreamMetrics metrics) {
        this.secret = secret;
        this.metrics = metrics;
    }

    @POST
    @Operation(summary = "SRS is there")
    public HookAnswer heartbeat(@QueryParam("secret") @Nullable String said, @Nullable Heartbeat heartbeat) {
        if (!secret.is(said) && (heartbeat == null || !secret.is(heartbeat.deviceId()))) {
            return HookAnswer.REFUSED;
        }
        metrics.heartbeat();
        return HookAnswer.ACCEPTED;
    }
}
