package io.dorami.stream;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Where the platform's SRS configuration points today: the same hooks, an address for each. */
@Path("/api/streaming/{call: srs-auth|srs-done}")
@Tag(name = "SRS")
public class TodaysHookResource {

    private final HookResource hooks;

    TodaysHookResource(HookResource hooks) {
        this.hooks = hooks;
    }

    @POST
    @Operation(summary = "on_publish and on_unpublish, as today's SRS configuration has them")
    public Uni<HookAnswer> hook(@QueryParam("secret") @Nullable String said, @Nullable Hook hook) {
        return hooks.hook(said, hook);
    }
}
