package io.dorami.stream.hooks;

import io.dorami.stream.srs.SrsHook;
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
public class LegacyHookResource {

    private final HookResource hooks;

    LegacyHookResource(HookResource hooks) {
        this.hooks = hooks;
    }

    @POST
    @Operation(summary = "on_publish and on_unpublish, as today's SRS configuration has them")
    public Uni<HookResponse> hook(@QueryParam("secret") @Nullable String said, @Nullable SrsHook hook) {
        return hooks.hook(said, hook);
    }
}
