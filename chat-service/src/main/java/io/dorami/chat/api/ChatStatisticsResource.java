package io.dorami.chat.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.chat.commands.ChatStatisticsRecorder;
import io.dorami.chat.commands.ModerationService;
import io.dorami.chat.db.ChatStatistics;
import io.dorami.chat.rules.ChatRules;
import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.rest.InstantParameter;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.security.CurrentUser;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The chat of a show in numbers, for the stream's owner, co-hosts and admins. */
@Path("/api/chat/{key}/statistics")
@Tag(name = "Chat statistics")
@Authenticated
public class ChatStatisticsResource {

    private final ModerationService moderation;
    private final ChatStatisticsRecorder statistics;
    private final CurrentUser caller;

    ChatStatisticsResource(ModerationService moderation, ChatStatisticsRecorder statistics, CurrentUser caller) {
        this.moderation = moderation;
        this.statistics = statistics;
        this.caller = caller;
    }

    /**
     * The chat of a show.
     *
     * @param endedAt absent while the show is on air
     * @param messages accepted messages, deleted ones included
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ShowChat(Instant startedAt, @Nullable Instant endedAt, long messages) {

        static ShowChat of(ChatStatistics show) {
            return new ShowChat(show.startedAt(), show.endedAt(), show.messages());
        }
    }

    @GET
    @Operation(
            summary = "Get number of messages of a show",
            description = "Of the show that began at startedAt; without it of the show on air, else of the last one.")
    public Uni<SuccessResponse<ShowChat>> find(
            StreamKey key, @QueryParam("startedAt") @Nullable InstantParameter startedAt) {
        User user = caller.get();
        return moderation
                .requireModeratedRoom(key, user)
                .invoke(room -> ChatRules.requireSeller(user, room))
                .chain(() -> statistics.find(key, InstantParameter.valueOrNull(startedAt)))
                .map(found -> SuccessResponse.of(ShowChat.of(found.orElseThrow(() -> new DoramiException(
                        ErrorCode.NOT_FOUND,
                        "No such show; GET /api/streaming/{id}/shows lists the times at which shows began")))));
    }
}
