package io.dorami.stream.hooks;

import io.dorami.stream.srs.SrsHook;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The addresses in the platform's present SRS configuration: the same hooks, with one address for each. */
@Path("/api/streaming/{call: srs-auth|srs-done}")
@Tag(name = "SRS")
public class LegacyHookResource {

    private final HookResource hooks;

    LegacyHookResource(HookResource hooks) {
        this.hooks = hooks;
    }

    @POST
    @Operation(summary = "Handle on_publish and on_unpublish at the addresses of the present SRS configuration")
    public Uni<HookResponse> hook(@QueryParam("secret") @Nullable String secret, @Nullable SrsHook hook) {
        return hooks.hook(secret, hook);
    }
}
