package io.dorami.stream.api;

import io.dorami.contracts.events.Notice;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.stream.state.StreamStore;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What the platform has to say on every page. */
@Path("/api/notices")
@Tag(name = "Notices")
public class NoticeResource {

    private final StreamStore store;

    NoticeResource(StreamStore store) {
        this.store = store;
    }

    @PUT
    @RolesAllowed("ADMIN")
    @Operation(summary = "Writes the notice; every page hears of it")
    public Uni<SuccessResponse<Notice>> write(@NotNull Notice notice) {
        return store.notice(notice).replaceWith(() -> SuccessResponse.of(notice));
    }

    @GET
    @Path("/current")
    @Operation(summary = "The notice; with an empty text where there is none")
    public Uni<SuccessResponse<Notice>> current() {
        return store.notice().map(SuccessResponse::of);
    }
}
