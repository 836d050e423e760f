package io.dorami.stream.api;

import static io.dorami.stream.api.ShowCalls.SELLER;
import static io.dorami.stream.api.ShowCalls.authorizedAs;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.Staff;
import io.dorami.contracts.commands.StreamLifecycle.StaffChanged;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.RedisSubscriber;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.vertx.mutiny.redis.client.Redis;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The staff of a stream over REST, and the messages to the other services and the pages. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class StaffTest {

    @Inject
    Redis redis;

    private @Nullable ShowCalls createdShow;
    private final String kimId = "kim-" + UUID.randomUUID();
    private final String kim = TestSecrets.userToken(kimId, "Kim");

    @BeforeEach
    void create() {
        createdShow = new ShowCalls();
    }

    @AfterEach
    void stop() {
        show().stop();
    }

    @Test
    void eachChangeReachesTheOtherServicesAndTheMember() {
        put(SELLER, kimId, Map.of("role", "MODERATOR", "name", " Kim\nMinji "))
                .statusCode(200)
                .body("data.name", equalTo("Kim Minji"))
                .body("data.addedBy", equalTo("seller"));
        put(SELLER, kimId, Map.of("role", "COHOST")).body("data.name", equalTo("Kim Minji"));
        put(SELLER, kimId, Map.of("role", "COHOST")).statusCode(200); // a repeat
        authorizedAs(SELLER).delete(path() + "/" + kimId).then().statusCode(200);
        authorizedAs(SELLER).delete(path() + "/" + kimId).then().statusCode(404);

        for (ServiceName service : List.of(ServiceName.CHAT, ServiceName.PRODUCT, ServiceName.VIEWER)) {
            await().untilAsserted(() -> assertThat(messages(service))
                    .containsExactly(
                            new Staff(1, List.of(new Staff.Member(kimId, Staff.Role.MODERATOR))),
                            new Staff(2, List.of(new Staff.Member(kimId, Staff.Role.COHOST))),
                            new Staff(3, List.of())));
        }
        await().untilAsserted(() -> assertThat(RedisSubscriber.loggedEvents(redis, RoomId.USERS).stream()
                        .filter(frame -> frame.data().contains(kimId))
                        .map(frame -> frame.name() + " "
                                + Json.read(frame.data(), JsonNode.class)
                                        .path("role")
                                        .asText("none")))
                .containsExactly(
                        "stream:role-changed MODERATOR", "stream:role-changed COHOST", "stream:role-changed none"));
        authorizedAs(SELLER)
                .get(path() + "/audit")
                .then()
                .statusCode(200)
                .body("data.entries.action", contains("REMOVED", "CHANGED", "ADDED"))
                .body("data.entries.role", contains(null, "COHOST", "MODERATOR"))
                .body("data.entries.by", contains("seller", "seller", "seller"));
    }

    @Test
    void startOfShowSendsTheStaffAgain() {
        put(SELLER, kimId, Map.of("role", "COHOST"));
        show().hook("on_publish", "p1");
        await().untilAsserted(() -> assertThat(messages(ServiceName.CHAT)).hasSize(2));
        assertThat(messages(ServiceName.CHAT))
                .containsOnly(messages(ServiceName.CHAT).getFirst());
    }

    @Test
    void memberSeesTheStaffAndMayLeave_butChangesNothing() {
        authorizedAs(kim).get(path()).then().statusCode(403);
        put(SELLER, kimId, Map.of("role", "MODERATOR"));
        put(SELLER, "lee", Map.of("role", "COHOST"));
        authorizedAs(kim).get(path()).then().statusCode(200).body("data.members.userId", contains(kimId, "lee"));
        put(kim, "park", Map.of("role", "MODERATOR")).statusCode(403);
        put(kim, kimId, Map.of("role", "COHOST")).statusCode(403);
        authorizedAs(kim).delete(path() + "/lee").then().statusCode(403);
        authorizedAs(kim).get(path() + "/audit").then().statusCode(403);
        authorizedAs(kim).patch("/api/streaming/" + show().id + "/stop").then().statusCode(403);
        authorizedAs(kim).delete(path() + "/" + kimId).then().statusCode(200);
        authorizedAs(kim).get(path()).then().statusCode(403);
        authorizedAs(TestSecrets.adminToken()).get(path()).then().body("data.members.userId", contains("lee"));
    }

    @Test
    void roleAndOwnStreamsFollowTheStaff() {
        role(kim).body("data.role", nullValue()).body("data.streamId", nullValue());
        role(SELLER).body("data.role", equalTo("OWNER")).body("data.streamId", equalTo(show().id));
        role(TestSecrets.adminToken()).body("data.role", equalTo("ADMIN"));
        given().get("/api/streaming/key/" + show().key + "/role").then().statusCode(401);
        mine(kim).body("data.streams", hasSize(0)).body("data.total", equalTo(0));

        put(SELLER, kimId, Map.of("role", "COHOST"));
        ShowCalls second = new ShowCalls();
        authorizedAs(SELLER)
                .body(Map.of("role", "MODERATOR"))
                .put("/api/streaming/" + second.id + "/staff/" + kimId)
                .then()
                .statusCode(200);
        role(kim).body("data.role", equalTo("COHOST"));
        mine(kim)
                .body("data.streams.id", contains(second.id, show().id))
                .body("data.streams.role", contains("MODERATOR", "COHOST"))
                .body("data.streams[0].host.id", equalTo("seller"))
                .body("data.streams[0].status", equalTo("PENDING"));
        mine(SELLER).body("data.streams[0].role", equalTo("OWNER"));
        mine(SELLER, "?limit=1&page=999999999").statusCode(200).body("data.streams", hasSize(1));

        second.delete().then().statusCode(200);
        mine(kim).body("data.streams.id", contains(show().id));
        authorizedAs(SELLER).delete(path() + "/" + kimId).then().statusCode(200);
        mine(kim).body("data.streams", hasSize(0));
    }

    @Test
    void onlyTheOwnerSeesThePublishKeyAgain() {
        put(SELLER, kimId, Map.of("role", "COHOST"));
        String address = "/api/streaming/" + show().id + "/session";
        authorizedAs(SELLER)
                .get(address)
                .then()
                .statusCode(200)
                .body("data.publishKey", equalTo(show().key + show().param))
                .body("data.whipUrl", containsString(show().token()));
        authorizedAs(TestSecrets.adminToken())
                .get(address)
                .then()
                .statusCode(200)
                .body("data.publishKey", nullValue());
        authorizedAs(kim).get(address).then().statusCode(403);
    }

    @Test
    void invalidRequestsAreRejected() {
        put(SELLER, "seller", Map.of("role", "COHOST")).statusCode(409);
        put(SELLER, "a b", Map.of("role", "COHOST")).statusCode(400);
        put(SELLER, kimId, Map.of()).statusCode(400).body("message", containsString("role"));
        put(SELLER, kimId, Map.of("role", "OWNER")).statusCode(400);
        put(SELLER, kimId, Map.of("role", "COHOST", "rank", 1)).statusCode(400).body("message", containsString("rank"));
        authorizedAs(SELLER)
                .body(Map.of("role", "COHOST"))
                .put("/api/streaming/" + UUID.randomUUID() + "/staff/" + kimId)
                .then()
                .statusCode(404);
    }

    private ShowCalls show() {
        return Objects.requireNonNull(createdShow);
    }

    private String path() {
        return "/api/streaming/" + show().id + "/staff";
    }

    private ValidatableResponse put(String token, String userId, Map<String, ?> body) {
        return authorizedAs(token).body(body).put(path() + "/" + userId).then();
    }

    private ValidatableResponse role(String token) {
        return authorizedAs(token)
                .get("/api/streaming/key/" + show().key + "/role")
                .then()
                .statusCode(200);
    }

    private static ValidatableResponse mine(String token) {
        return mine(token, "").statusCode(200);
    }

    private static ValidatableResponse mine(String token, String query) {
        return authorizedAs(token).get("/api/streaming/mine" + query).then();
    }

    /** The staff in each message to a service, in the order of the messages. */
    private List<Staff> messages(ServiceName service) {
        return RedisSubscriber.inboxMessages(redis, service, new StreamKey(show().key)).stream()
                .filter(message -> message.contains("StaffChanged"))
                .map(message -> Json.read(message, StaffChanged.class).staff())
                .toList();
    }
}
