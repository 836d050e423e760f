package io.dorami.chat.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.chat.commands.ModerationService;
import io.dorami.chat.db.ModerationStore;
import io.dorami.chat.db.ModerationStore.AuditEntry;
import io.dorami.chat.db.ModerationStore.Restriction;
import io.dorami.chat.rules.ChatRules;
import io.dorami.chat.rules.ChatText;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatModeration;
import io.dorami.contracts.commands.ChatPolicy;
import io.dorami.contracts.commands.ChatRoom;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.security.CurrentUser;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Moderation over REST, for admins and the stream's host. What is done takes effect within a second, everywhere. */
@Path("/api/chat/{key}")
@Tag(name = "Chat moderation")
@Authenticated
public class ChatResource {

    private static final String USER_ID = "[\\x21-\\x7e]{1,64}";

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final ModerationService moderation;
    private final ModerationStore store;
    private final CurrentUser caller;

    ChatResource(ModerationService moderation, ModerationStore store, CurrentUser caller) {
        this.moderation = moderation;
        this.store = store;
        this.caller = caller;
    }

    /** Why something is done; for the audit. */
    public record ReasonRequest(@Size(max = 300) @Nullable String reason) {}

    /** How long a user may not speak, in seconds: 10 to 86,400 (24 h). */
    public record TimeOutRequest(
            @NotNull @Min(10) @Max(86_400) Integer seconds,
            @Size(max = 300) @Nullable String reason) {}

    /** Which message to pin. */
    public record PinRequest(
            @NotBlank @Size(max = 64) String messageId,
            @Size(max = 300) @Nullable String reason) {}

    /** Which rules to change; what is left out stays as it is. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PolicyRequest(
            @Min(0) @Max(ChatPolicy.MAX_SLOW_SECONDS) @Nullable
            Integer slowSeconds,

            @Min(0) @Max(ChatPolicy.MAX_MINUTES) @Nullable Integer minutesInRoom,
            @Nullable Boolean closed,
            @Nullable Boolean links,

            @Min(0) @Max(ChatPolicy.MAX_REPEAT_SECONDS) @Nullable
            Integer repeatSeconds,

            @Size(max = ChatPolicy.MAX_WORDS) @Nullable List<@NotNull String> words,
            @Size(max = 300) @Nullable String reason) {

        ChatPolicy on(ChatPolicy policy) {
            return new ChatPolicy(
                    slowSeconds == null ? policy.slowSeconds() : slowSeconds,
                    minutesInRoom == null ? policy.minutesInRoom() : minutesInRoom,
                    closed == null ? policy.closed() : closed,
                    links == null ? policy.links() : links,
                    repeatSeconds == null ? policy.repeatSeconds() : repeatSeconds,
                    words == null
                            ? policy.words()
                            : words.stream().map(ChatText::fold).distinct().toList());
        }
    }

    @GET
    @Operation(summary = "The room: its rules and its pinned message")
    public Uni<SuccessResponse<ChatRoom>> room(StreamKey key) {
        return moderation.room(key, caller.get()).map(SuccessResponse::of);
    }

    @PATCH
    @Path("/policy")
    @Operation(
            summary = "Changes the room's rules",
            description = "An admin changes the words that may not be said in any room under the key 'all'.")
    public Uni<SuccessResponse<AuditEntry>> policy(StreamKey key, @NotNull @Valid PolicyRequest wish) {
        return act(key, wish.reason(), room -> new ChatModeration.ChangePolicy(wish.on(room.policy())));
    }

    @DELETE
    @Path("/messages/{messageId}")
    @Operation(summary = "Takes one message back")
    public Uni<SuccessResponse<AuditEntry>> delete(
            StreamKey key, String messageId, @QueryParam("reason") @Size(max = 300) @Nullable String reason) {
        return moderation
                .delete(key, caller.get(), null, ChatRules.messageId(messageId), text(reason))
                .map(SuccessResponse::of);
    }

    @DELETE
    @Path("/users/{userId}/messages")
    @Operation(summary = "Takes back all that a user has said so far")
    public Uni<SuccessResponse<AuditEntry>> deleteAll(
            StreamKey key,
            @Pattern(regexp = USER_ID) String userId,
            @QueryParam("reason") @Size(max = 300) @Nullable String reason) {
        return act(key, reason, new ChatModeration.DeleteAll(userId));
    }

    @PUT
    @Path("/users/{userId}/timeout")
    @Operation(summary = "A user may listen and not speak for a while; a ban ends by it")
    public Uni<SuccessResponse<AuditEntry>> timeOut(
            StreamKey key, @Pattern(regexp = USER_ID) String userId, @NotNull @Valid TimeOutRequest wish) {
        Instant until = ChatRules.timeOut(Duration.ofSeconds(wish.seconds()), clock.instant());
        return act(key, wish.reason(), new ChatModeration.TimeOut(userId, until));
    }

    @PUT
    @Path("/users/{userId}/ban")
    @Operation(summary = "A user is out, until unbanned; what the user has said is gone")
    public Uni<SuccessResponse<AuditEntry>> ban(
            StreamKey key, @Pattern(regexp = USER_ID) String userId, @Valid @Nullable ReasonRequest because) {
        return act(key, because == null ? null : because.reason(), new ChatModeration.Ban(userId));
    }

    @DELETE
    @Path("/users/{userId}/ban")
    @Operation(summary = "A ban or a time-out ends")
    public Uni<SuccessResponse<AuditEntry>> unban(
            StreamKey key,
            @Pattern(regexp = USER_ID) String userId,
            @QueryParam("reason") @Size(max = 300) @Nullable String reason) {
        return act(key, reason, new ChatModeration.Unban(userId));
    }

    @PUT
    @Path("/pinned")
    @Operation(summary = "A message stands above all others; it must still be in the room's log")
    public Uni<SuccessResponse<AuditEntry>> pin(StreamKey key, @NotNull @Valid PinRequest wish) {
        User moderator = caller.get();
        return moderation
                .find(key, moderator, ChatRules.messageId(wish.messageId()))
                .map(message -> message.orElseThrow(
                        () -> new DoramiException(ErrorCode.NOT_FOUND, "The room has no such message")))
                .chain(message -> act(key, moderator, wish.reason(), room -> new ChatModeration.Pin(message)));
    }

    @DELETE
    @Path("/pinned")
    @Operation(summary = "No message is pinned")
    public Uni<SuccessResponse<AuditEntry>> unpin(
            StreamKey key, @QueryParam("reason") @Size(max = 300) @Nullable String reason) {
        return act(key, reason, new ChatModeration.Unpin());
    }

    @GET
    @Path("/restrictions")
    @Operation(summary = "Who may not speak (until when) or not be here, the newest first")
    public Uni<SuccessResponse<List<Restriction>>> restrictions(
            StreamKey key,
            @QueryParam("take") @DefaultValue("50") @Min(1) @Max(100) int take,
            @QueryParam("skip") @DefaultValue("0") @Min(0) @Max(10_000) int skip) {
        return moderation
                .room(key, caller.get())
                .chain(() -> store.restrictions(key, take, skip))
                .map(SuccessResponse::of);
    }

    @GET
    @Path("/audit")
    @Operation(summary = "Who did what to whom, when and why, the newest first; page on with before=version")
    public Uni<SuccessResponse<List<AuditEntry>>> audit(
            StreamKey key,
            @QueryParam("before") @DefaultValue("9223372036854775807") @Min(1) long before,
            @QueryParam("userId") @Pattern(regexp = USER_ID) @Nullable String userId,
            @QueryParam("take") @DefaultValue("50") @Min(1) @Max(100) int take) {
        return moderation
                .room(key, caller.get())
                .chain(() -> store.audit(key, before, userId, take))
                .map(SuccessResponse::of);
    }

    private Uni<SuccessResponse<AuditEntry>> act(StreamKey key, @Nullable String reason, ChatModeration what) {
        return act(key, reason, room -> what);
    }

    private Uni<SuccessResponse<AuditEntry>> act(
            StreamKey key, @Nullable String reason, Function<ChatRoom, ChatModeration> decision) {
        return act(key, caller.get(), reason, decision);
    }

    private Uni<SuccessResponse<AuditEntry>> act(
            StreamKey key, User moderator, @Nullable String reason, Function<ChatRoom, ChatModeration> decision) {
        return moderation.act(key, moderator, null, text(reason), decision).map(SuccessResponse::of);
    }

    private static String text(@Nullable String reason) {
        return reason == null ? "" : reason;
    }
}
