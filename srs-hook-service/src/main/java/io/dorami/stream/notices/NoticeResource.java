package io.dorami.stream.notices;

import io.dorami.contracts.events.Notice;
import io.dorami.service.rest.PublicRead;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.text.TextCleaner;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The notices as all users see them, and the line that the platform shows on every page. */
@Path("/api/notices")
@Tag(name = "Notices")
public class NoticeResource {

    private final NoticeStore store;
    private final NoticeEntryStore entries;

    NoticeResource(NoticeStore store, NoticeEntryStore entries) {
        this.store = store;
        this.entries = entries;
    }

    @GET
    @PublicRead
    @Operation(summary = "List active notices, the newest first")
    public Uni<SuccessResponse<List<NoticeEntry>>> list() {
        return entries.findActive().map(SuccessResponse::of);
    }

    @PUT
    @RolesAllowed("ADMIN")
    @Operation(summary = "Replace the notice line and publish it to every page")
    public Uni<SuccessResponse<Notice>> update(@NotNull Notice request) {
        Notice notice = new Notice(TextCleaner.cleanText(request.text()), request.fontSize(), request.fontFamily());
        return store.save(notice).replaceWith(() -> SuccessResponse.of(notice));
    }

    @GET
    @PublicRead
    @Path("/current")
    @Operation(summary = "Get the notice line; its text is empty if there is none")
    public Uni<SuccessResponse<Notice>> current() {
        return store.find().map(SuccessResponse::of);
    }
}
