package io.dorami.chat.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.chat.redis.ChatRoomCache;
import io.dorami.contracts.Json;
import io.dorami.contracts.Staff;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand;
import io.dorami.contracts.commands.FreeShipping;
import io.dorami.contracts.commands.InboxAddress;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.MembershipChange;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.messaging.EventBus;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.RedisSubscriber;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Moderation over REST and its effect on chat, with real Redis and PostgreSQL. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class ModerationTest {

    private static final User KIM = new User("kim", "Kim", User.Role.USER);
    private static final User LEE = new User("lee", "Lee", User.Role.USER);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Inject
    EventBus bus;

    @Inject
    Redis redis;

    private final String gateway = UUID.randomUUID().toString();
    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final RoomId room = RoomId.parse("chat:" + key);
    private final String host = TestSecrets.userToken("host", "Hana");
    private final String lee = TestSecrets.userToken("lee", "Lee");
    private @Nullable RedisSubscriber gatewayChannel;

    @BeforeEach
    void registerStream() {
        bus.publish(new StreamLifecycle.StreamRegistered(key, "host", Instant.now()))
                .await()
                .atMost(TIMEOUT);
        gatewayChannel = new RedisSubscriber(redis, RedisKeys.gatewayChannel(gateway));
        assertThat(join(KIM).membershipChange()).isEqualTo(MembershipChange.JOINED);
    }

    @AfterEach
    void close() {
        Objects.requireNonNull(gatewayChannel).close();
    }

    @Test
    void bannedUserIsRemovedWithAllMessages() {
        sendMessage(KIM, "rude");
        sendMessage(LEE, "kind");
        sendMessage(KIM, "ruder");
        as(host).body(Map.of("reason", "rude"))
                .put("/api/chat/" + key + "/users/kim/ban")
                .then()
                .statusCode(200)
                .body("data.kind", equalTo("Ban"));
        awaitLogged("chat:user-cleared");
        assertThat(RedisSubscriber.loggedEventNames(redis, room))
                .containsExactly(
                        "chat:message",
                        "chat:message",
                        "chat:message",
                        "chat:user-restricted",
                        "chat:message-deleted",
                        "chat:message-deleted",
                        "chat:user-cleared");
        assertThat(RedisSubscriber.loggedEvents(redis, room).get(3).bannedUserId())
                .contains("kim");

        assertThat(error(sendMessage(KIM, "again"))).isEqualTo("FORBIDDEN");
        Reply rejection = join(KIM);
        assertThat(rejection.membershipChange()).isEqualTo(MembershipChange.LEFT);
        assertThat(error(rejection)).isEqualTo("FORBIDDEN");
        assertThat(history(join(LEE))).containsExactly("kind");
        assertThat(isBanned("kim"))
                .as("the set that gateways check on recovery")
                .isTrue();

        as(host).delete("/api/chat/" + key + "/users/kim/ban").then().statusCode(200);
        await().untilAsserted(() -> assertThat(join(KIM).membershipChange()).isEqualTo(MembershipChange.JOINED));
        assertThat(isBanned("kim")).isFalse();
        assertSent(sendMessage(KIM, "sorry"));
    }

    @Test
    void timedOutUserJoinsButCannotPost() {
        as(host).body(Map.of("seconds", 10, "reason", "cool down"))
                .put("/api/chat/" + key + "/users/kim/timeout")
                .then()
                .statusCode(200);
        awaitLogged("chat:user-restricted");
        Reply rejection = sendMessage(KIM, "but");
        assertThat(error(rejection)).isEqualTo("FORBIDDEN");
        assertThat(rejection.result().data()).contains("next message in 10 s");
        assertThat(join(KIM).membershipChange()).isEqualTo(MembershipChange.JOINED);
        assertSent(sendMessage(LEE, "I may"));

        as(host).get("/api/chat/" + key + "/restrictions")
                .then()
                .statusCode(200)
                .body("data", hasSize(1))
                .body("data[0].userId", equalTo("kim"))
                .body("data[0].reason", equalTo("cool down"));
        as(host).delete("/api/chat/" + key + "/users/kim/ban").then().statusCode(200);
        await().untilAsserted(() -> assertSent(sendMessage(KIM, "thank you")));
        as(host).get("/api/chat/" + key + "/restrictions").then().body("data", hasSize(0));
    }

    @Test
    void auditListsActionsNewestFirst() {
        String id = messageId(sendMessage(KIM, "rude"));
        as(host).delete("/api/chat/" + key + "/messages/" + id + "?reason=no")
                .then()
                .statusCode(200);
        as(TestSecrets.adminToken())
                .delete("/api/chat/" + key + "/users/kim/messages?reason=all")
                .then()
                .statusCode(200);
        as(host).get("/api/chat/" + key + "/audit")
                .then()
                .statusCode(200)
                .body("data.kind", contains("DeleteAll", "DeleteMessage"))
                .body("data.moderatorId", contains("admin", "host"))
                .body("data.userId", contains("kim", "kim"))
                .body("data.reason", contains("all", "no"))
                .body("data[1].detail.text", equalTo("rude"))
                .body("data.version", contains(2, 1));
        as(host).get("/api/chat/" + key + "/audit?before=2&take=1").then().body("data.kind", contains("DeleteMessage"));
        as(host).get("/api/chat/" + key + "/audit?userId=lee").then().body("data", hasSize(0));
        as(host).get("/api/chat/" + key + "/audit?take=0")
                .then()
                .statusCode(200)
                .body("data", hasSize(1));
        as(host).get("/api/chat/" + key + "/audit?take=1000")
                .then()
                .statusCode(200)
                .body("data", hasSize(2));
        as(host).get("/api/chat/" + key + "/audit?take=all").then().statusCode(400);
    }

    @Test
    void restrictionsOutsidePageBounds_takeTheNearestAllowed() {
        for (String user : List.of("kim", "lee")) {
            as(host).body(Map.of())
                    .put("/api/chat/" + key + "/users/" + user + "/ban")
                    .then()
                    .statusCode(200);
        }
        String path = "/api/chat/" + key + "/restrictions";
        as(host).get(path + "?take=-1&skip=-1").then().statusCode(200).body("data.userId", contains("lee"));
        as(host).get(path + "?take=1000").then().statusCode(200).body("data", hasSize(2));
        as(host).get(path + "?skip=99999999999").then().statusCode(200).body("data", hasSize(0));
    }

    /** A stream is registered again when its title or shipping changes, possibly long after its room left Redis. */
    @Test
    void repeatedRegistration_keepsTheRulesOfTheRoom() {
        changePolicy(Map.of("closed", true));
        redis.send(Request.cmd(Command.DEL).arg(RedisKeys.chatRoom(key)))
                .await()
                .atMost(TIMEOUT);
        bus.publish(new StreamLifecycle.StreamRegistered(
                        key, "host", Instant.now().minus(Duration.ofDays(3)), "New title", FreeShipping.NONE))
                .await()
                .atMost(TIMEOUT);
        assertThat(error(sendMessage(KIM, "hello"))).isEqualTo("FORBIDDEN");
    }

    @Test
    void noticeIsPinnedWithoutBeingPosted() {
        as(host).body(Map.of("text", " <b>Sale</b> until nine "))
                .put("/api/chat/" + key + "/pinned")
                .then()
                .statusCode(200)
                .body("data.kind", equalTo("Pin"));
        awaitLogged("chat:pinned");
        assertThat(RedisSubscriber.loggedEventNames(redis, room)).containsExactly("chat:pinned");
        Reply joined = join(KIM);
        assertThat(joined.snapshot()).extracting(EventFrame::name).containsExactly("chat:pinned");
        assertThat(joined.snapshot().getFirst().data())
                .contains("\"message\":\"Sale until nine\"", "\"username\":\"Hana\"");

        as(host).delete("/api/chat/" + key + "/pinned").then().statusCode(200);
        await().untilAsserted(() -> assertThat(join(KIM).snapshot()).isEmpty());
        as(host).body(Map.of("text", "<br>"))
                .put("/api/chat/" + key + "/pinned")
                .then()
                .statusCode(400)
                .body("message", containsString("text"));
        as(lee).body(Map.of("text", "Mine"))
                .put("/api/chat/" + key + "/pinned")
                .then()
                .statusCode(403);
    }

    @Test
    void deletingPinnedMessageUnpins() {
        String id = messageId(sendMessage(LEE, "Free shipping today"));
        as(host).body(Map.of("messageId", id))
                .put("/api/chat/" + key + "/pinned")
                .then()
                .statusCode(200);
        awaitLogged("chat:pinned");
        assertThat(join(KIM).snapshot()).extracting(EventFrame::name).containsExactly("chat:history", "chat:pinned");
        as(host).get("/api/chat/" + key)
                .then()
                .statusCode(200)
                .body("data.pinned.message", equalTo("Free shipping today"));

        as(host).delete("/api/chat/" + key + "/messages/" + id).then().statusCode(200);
        await().untilAsserted(() -> assertThat(RedisSubscriber.loggedEventNames(redis, room))
                .containsExactly("chat:message", "chat:pinned", "chat:message-deleted", "chat:pinned"));
        assertThat(RedisSubscriber.loggedEvents(redis, room).getLast().data()).doesNotContain("message");
        assertThat(join(KIM).snapshot()).isEmpty();
        as(host).body(Map.of("messageId", UUID.randomUUID().toString()))
                .put("/api/chat/" + key + "/pinned")
                .then()
                .statusCode(404)
                .body("errorCode", equalTo("NOT_FOUND"));
    }

    @Test
    void policyAppliesImmediatelyAndIsSentOnJoin() {
        changePolicy(Map.of("closed", true));
        assertThat(error(sendMessage(KIM, "hello"))).isEqualTo("FORBIDDEN");
        assertThat(join(LEE).snapshot()).extracting(EventFrame::name).containsExactly("chat:mode");

        changePolicy(Map.of("closed", false, "links", false, "words", List.of("Fake")));
        assertThat(error(sendMessage(KIM, "www.example.test"))).isEqualTo("INVALID_MESSAGE");
        assertThat(error(sendMessage(KIM, "a FAKE!"))).isEqualTo("INVALID_MESSAGE");
        assertSent(sendMessage(KIM, "faker"));

        changePolicy(Map.of("links", true, "words", List.of(), "repeatSeconds", 60));
        assertSent(sendMessage(KIM, "once"));
        assertThat(error(sendMessage(KIM, "ONCE "))).isEqualTo("INVALID_MESSAGE");
        assertSent(sendMessage(KIM, "twice"));

        changePolicy(Map.of("repeatSeconds", 0, "slowSeconds", 60));
        assertSent(sendMessage(LEE, "first"));
        assertThat(error(sendMessage(LEE, "second"))).isEqualTo("RATE_LIMIT_EXCEEDED");

        changePolicy(Map.of("slowSeconds", 0, "minutesInRoom", 5));
        Reply early = sendMessage(KIM, "now?");
        assertThat(error(early)).isEqualTo("FORBIDDEN");
        assertThat(early.result().data()).contains("Newcomers cannot post yet");
        assertSent(sendMessage(new User("host", "Hana", User.Role.USER), "I may always"));
    }

    @Test
    void globalBannedWordsApplyToEveryRoom() {
        String word = "w" + UUID.randomUUID().toString().substring(0, 8);
        as(host).body(Map.of("words", List.of(word)))
                .patch("/api/chat/all/policy")
                .then()
                .statusCode(403);
        as(TestSecrets.adminToken())
                .body(Map.of("words", List.of(word)))
                .patch("/api/chat/all/policy")
                .then()
                .statusCode(200);
        await().untilAsserted(() -> assertThat(error(sendMessage(KIM, word))).isEqualTo("INVALID_MESSAGE"));
        as(TestSecrets.adminToken())
                .body(Map.of("words", List.of()))
                .patch("/api/chat/all/policy")
                .then()
                .statusCode(200);
        await().untilAsserted(() -> assertSent(sendMessage(KIM, word)));
        send(new ChatCommand.JoinChat(ChatRoomCache.GLOBAL_RULES, KIM, replyTo("all"), false));
        assertThat(error(awaitReply("all"))).isEqualTo("STREAM_NOT_FOUND");
    }

    @Test
    void hostDeletesMessageOverSocket() {
        String id = messageId(sendMessage(KIM, "rude"));
        send(new ChatCommand.DeleteChat(key, LEE, replyTo("1"), id));
        assertThat(error(awaitReply("1"))).isEqualTo("FORBIDDEN");
        User hana = new User("host", "Hana", User.Role.USER);
        send(new ChatCommand.DeleteChat(key, hana, replyTo("2"), "7"));
        assertThat(error(awaitReply("2"))).isEqualTo("INVALID_MESSAGE_ID");
        send(new ChatCommand.DeleteChat(key, hana, replyTo("3"), id));
        assertThat(awaitReply("3").result().name()).isEqualTo("chat:delete-message:success");
        assertThat(join(LEE).snapshot()).isEmpty();
        as(host).get("/api/chat/" + key + "/audit").then().body("data.kind", contains("DeleteMessage"));
    }

    @Test
    void rateLimitIsTwentyPerTenSecondsAcrossRooms() {
        StreamKey other = new StreamKey(UUID.randomUUID().toString());
        bus.publish(new StreamLifecycle.StreamRegistered(other, "host", Instant.now()))
                .await()
                .atMost(TIMEOUT);
        User fast = new User("fast-" + gateway.substring(0, 8), "Fast", User.Role.USER);
        IntStream.range(0, 10).forEach(i -> assertSent(sendMessage(fast, "here " + i)));
        IntStream.range(0, 10).forEach(i -> {
            String id = "there-" + i;
            send(new ChatCommand.SendChat(other, fast, replyTo(id), id, "there " + i, "m-" + i));
            assertSent(awaitReply(id));
        });
        send(new ChatCommand.SendChat(other, fast, replyTo("repeat"), "repeat", "there 9", "m-9"));
        assertSent(awaitReply("repeat"));
        Reply rejection = sendMessage(fast, "one too many");
        assertThat(error(rejection)).isEqualTo("RATE_LIMIT_EXCEEDED");
        assertThat(rejection.result().data()).contains("\"retryable\":true");
    }

    @Test
    void flushedRoomIsReloadedFromPostgres() {
        changePolicy(Map.of("links", false));
        as(host).put("/api/chat/" + key + "/users/lee/ban").then().statusCode(200);
        as(host).body(Map.of("seconds", 600))
                .put("/api/chat/" + key + "/users/park/timeout")
                .then()
                .statusCode(200);
        await().until(() -> isBanned("lee"));
        redis.sendAndAwait(Request.cmd(Command.FLUSHALL));
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertSent(sendMessage(KIM, "still here")));
        assertThat(error(sendMessage(KIM, "www.example.test"))).isEqualTo("INVALID_MESSAGE");
        assertThat(error(join(LEE))).isEqualTo("FORBIDDEN");
        assertThat(error(sendMessage(new User("park", "Park", User.Role.USER), "hello")))
                .isEqualTo("FORBIDDEN");
    }

    @Test
    void onlyHostAndAdminsModerate() {
        given().get("/api/chat/" + key).then().statusCode(401).body("errorCode", equalTo("UNAUTHORIZED"));
        as(TestSecrets.userToken("kim", "Kim"))
                .get("/api/chat/" + key + "/audit")
                .then()
                .statusCode(403)
                .body("errorCode", equalTo("FORBIDDEN"));
        as(TestSecrets.userToken("kim", "Kim"))
                .put("/api/chat/" + key + "/users/lee/ban")
                .then()
                .statusCode(403);
        as(host).put("/api/chat/" + UUID.randomUUID() + "/users/lee/ban")
                .then()
                .statusCode(404)
                .body("errorCode", equalTo("STREAM_NOT_FOUND"));
        as(TestSecrets.adminToken())
                .put("/api/chat/" + key + "/users/host/ban")
                .then()
                .statusCode(409)
                .body("errorCode", equalTo("CONFLICT"));
    }

    @Test
    void staffModeratesAndIsExemptFromRules() {
        changePolicy(Map.of("closed", true, "slowSeconds", 60));
        assertThat(error(sendMessage(LEE, "may I?"))).isEqualTo("FORBIDDEN");
        setStaff(1, new Staff.Member("lee", Staff.Role.MODERATOR), new Staff.Member("park", Staff.Role.COHOST));
        assertThat(join(LEE).result().data()).contains("\"role\":\"MODERATOR\"");
        assertThat(join(KIM).result().data()).doesNotContain("role");
        assertSent(sendMessage(LEE, "one"));
        assertSent(sendMessage(LEE, "two"));

        String id = messageId(sendMessage(new User("park", "Park", User.Role.USER), "a mistake"));
        send(new ChatCommand.DeleteChat(key, LEE, replyTo("delete"), id));
        assertThat(awaitReply("delete").result().name()).isEqualTo("chat:delete-message:success");
        as(lee).put("/api/chat/" + key + "/users/kim/ban").then().statusCode(200);
        for (String target : List.of("host", "lee", "park")) {
            as(lee).put("/api/chat/" + key + "/users/" + target + "/ban").then().statusCode(409);
        }
        as(host).body(Map.of("seconds", 10))
                .put("/api/chat/" + key + "/users/lee/timeout")
                .then()
                .statusCode(409)
                .body("message", containsString("remove the member first"));
    }

    @Test
    void removedModeratorIsViewerAgain() {
        setStaff(2, new Staff.Member("lee", Staff.Role.MODERATOR));
        setStaff(3);
        as(lee).put("/api/chat/" + key + "/users/kim/ban").then().statusCode(403);
        changePolicy(Map.of("closed", true));
        assertThat(error(sendMessage(LEE, "still here"))).isEqualTo("FORBIDDEN");
        as(host).put("/api/chat/" + key + "/users/lee/ban").then().statusCode(200);
    }

    @Test
    void olderStaffNeverReplacesNewerOne() {
        setStaff(5, new Staff.Member("lee", Staff.Role.MODERATOR));
        publishStaff(4);
        publishStaff(5);
        setStaff(6, new Staff.Member("lee", Staff.Role.COHOST));
        as(host).get("/api/chat/" + key)
                .then()
                .body("data.staff.version", equalTo(6))
                .body("data.version", equalTo(2))
                .body("data.staff.members.role", contains("COHOST"));
        await("written changes leave Redis")
                .until(() -> redis.sendAndAwait(
                                        Request.cmd(Command.HLEN).arg(RedisKeys.unsavedStaffChanges(key.partition())))
                                .toInteger()
                        == 0);
    }

    @Test
    void flushedStaffIsReloadedFromPostgres() {
        setStaff(1, new Staff.Member("lee", Staff.Role.MODERATOR));
        changePolicy(Map.of("closed", true));
        redis.send(Request.cmd(Command.DEL).arg(RedisKeys.chatRoom(key)))
                .await()
                .atMost(TIMEOUT);
        assertSent(sendMessage(LEE, "still here"));
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, users/kim/timeout, {\"seconds\":9}, seconds",
        "PUT, users/kim/timeout, {\"seconds\":86401}, seconds",
        "PUT, users/kim/timeout, {}, seconds",
        "PATCH, policy, {\"slowSeconds\":-1}, slowSeconds",
        "PATCH, policy, {\"words\":[\"\"]}, words",
        "PUT, pinned, {\"messageId\":\"\"}, messageId",
        "PUT, pinned, {}, either messageId or text",
        "PUT, pinned, '{\"messageId\":\"m\",\"text\":\"t\"}', either messageId or text"
    })
    void invalidRequests_areRejected_withFieldName(String method, String path, String body, String field) {
        as(host).body(body)
                .request(method, "/api/chat/" + key + "/" + path)
                .then()
                .statusCode(400)
                .body("errorCode", equalTo("VALIDATION_ERROR"))
                .body("message", containsString(field));
    }

    /** Publishes a staff, and waits until it is in force. */
    private void setStaff(long version, Staff.Member... members) {
        publishStaff(version, members);
        await().untilAsserted(() -> as(host).get("/api/chat/" + key)
                .then()
                .statusCode(200)
                .body("data.staff.version", equalTo((int) version)));
    }

    private void publishStaff(long version, Staff.Member... members) {
        bus.publish(new StreamLifecycle.StaffChanged(key, "host", Instant.now(), new Staff(version, List.of(members))))
                .await()
                .atMost(TIMEOUT);
    }

    private void changePolicy(Map<String, ?> body) {
        long before = RedisSubscriber.loggedEventNames(redis, room).size();
        as(host).body(body)
                .patch("/api/chat/" + key + "/policy")
                .then()
                .statusCode(200)
                .body("data.kind", equalTo("ChangePolicy"));
        await().until(() -> RedisSubscriber.loggedEventNames(redis, room).size() > before);
    }

    private void awaitLogged(String event) {
        await().until(() -> RedisSubscriber.loggedEventNames(redis, room).contains(event));
    }

    private Reply sendMessage(User user, String text) {
        String id = UUID.randomUUID().toString();
        send(new ChatCommand.SendChat(key, user, replyTo(id), id, text, null));
        return awaitReply(id);
    }

    private Reply join(User user) {
        String id = UUID.randomUUID().toString();
        send(new ChatCommand.JoinChat(key, user, replyTo(id), true));
        return awaitReply(id);
    }

    private void send(ChatCommand command) {
        bus.send(InboxAddress.CHAT, command).await().atMost(TIMEOUT);
    }

    private ReplyTo replyTo(String requestId) {
        return new ReplyTo(gateway, "c1", requestId);
    }

    private Reply awaitReply(String requestId) {
        return await().until(
                        () -> Objects.requireNonNull(gatewayChannel).messages().stream()
                                .map(Reply::decode)
                                .filter(reply -> requestId.equals(reply.to().requestId()))
                                .findFirst(),
                        found -> found.isPresent())
                .orElseThrow();
    }

    private boolean isBanned(String userId) {
        return redis.sendAndAwait(Request.cmd(Command.SISMEMBER)
                        .arg(RedisKeys.chatBannedUsers(key))
                        .arg(userId))
                .toBoolean();
    }

    private static void assertSent(Reply reply) {
        assertThat(reply.result().name()).as(reply.result().data()).isEqualTo("chat:send-message:success");
    }

    private static @Nullable String error(Reply reply) {
        return Json.read(reply.result().data(), JsonNode.class)
                .path("errorCode")
                .asText(null);
    }

    private static String messageId(Reply reply) {
        return Json.read(reply.result().data(), JsonNode.class)
                .path("messageId")
                .asText();
    }

    private static List<String> history(Reply joined) {
        return Json.read(joined.snapshot().getFirst().data(), JsonNode.class)
                .path("messages")
                .findValuesAsText("message");
    }

    private static RequestSpecification as(String token) {
        return given().contentType(ContentType.JSON).header("Authorization", "Bearer " + token);
    }
}
