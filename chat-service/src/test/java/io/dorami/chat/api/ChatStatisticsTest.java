package io.dorami.chat.api;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.dorami.contracts.Staff;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand;
import io.dorami.contracts.commands.InboxAddress;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.commands.StreamLifecycle.StaffChanged;
import io.dorami.contracts.commands.StreamLifecycle.StreamRegistered;
import io.dorami.contracts.commands.StreamLifecycle.StreamWentLive;
import io.dorami.contracts.commands.StreamLifecycle.StreamWentOffline;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.messaging.EventBus;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The number of messages of a show, with real Redis and PostgreSQL. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class ChatStatisticsTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Inject
    EventBus bus;

    @Inject
    DataSource postgres;

    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final User kim = new User("kim-" + key, "Kim", User.Role.USER);
    private final String host = TestSecrets.userToken("host", "Hana");
    private final Instant start = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final Instant end = start.plusSeconds(60);

    @BeforeEach
    void register() {
        publish(new StreamRegistered(key, "host", start));
    }

    @Test
    void acceptedMessagesOfShowAreCounted() {
        sendMessage("before the show", "m0");
        publish(new StreamWentLive(key, "host", start));
        sendMessage("one", "m1");
        sendMessage("one", "m1"); // a repeat
        sendMessage("<br>", "m2"); // empty
        sendMessage("two", "m3");
        await().untilAsserted(() -> statistics("")
                .statusCode(200)
                .body("data.messages", equalTo(2))
                .body("data.startedAt", equalTo(start.toString()))
                .body("data.endedAt", nullValue()));

        publish(new StreamWentOffline(key, "host", end));
        sendMessage("after the show", "m4");
        await().untilAsserted(() -> statistics("?startedAt=" + start)
                .statusCode(200)
                .body("data.messages", equalTo(2))
                .body("data.endedAt", equalTo(end.toString())));
    }

    @Test
    void eachShowHasItsOwnCountAndRepeatsChangeNothing() {
        Instant second = end.plusSeconds(60);
        for (int attempt = 0; attempt < 2; attempt++) {
            publish(new StreamWentLive(key, "host", start));
            sendMessage("one", "m1");
            publish(new StreamWentLive(key, "host", start));
            sendMessage("two", "m2");
            publish(new StreamWentOffline(key, "host", end));
            publish(new StreamWentOffline(key, "host", end));
        }
        publish(new StreamWentLive(key, "host", second));
        publish(new StreamWentLive(key, "host", start)); // arrives late
        publish(new StreamWentOffline(key, "host", end));
        sendMessage("three", "m3");
        await().untilAsserted(() -> statistics("")
                .statusCode(200)
                .body("data.startedAt", equalTo(second.toString()))
                .body("data.messages", equalTo(1)));
        await().untilAsserted(
                        () -> statistics("?startedAt=" + start).statusCode(200).body("data.messages", equalTo(2)));
        statistics("?startedAt=" + end).statusCode(404).body("errorCode", equalTo("NOT_FOUND"));
        statistics("?startedAt=today").statusCode(400);
    }

    @Test
    void showWhoseEndIsMissingEndsAtTheNextStart() {
        publish(new StreamWentLive(key, "host", start));
        sendMessage("one", "m1");
        publish(new StreamWentLive(key, "host", end));
        publish(new StreamWentOffline(key, "host", end.plusSeconds(1)));
        await().untilAsserted(() -> statistics("?startedAt=" + start)
                .statusCode(200)
                .body("data.messages", equalTo(1))
                .body("data.endedAt", equalTo(end.toString())));
    }

    @Test
    void countIsKeptUntilPostgresIsAvailable() throws SQLException {
        publish(new StreamWentLive(key, "host", start));
        sendMessage("one", "m1");
        await().untilAsserted(() -> statistics("").statusCode(200).body("data.messages", equalTo(1)));
        try (Connection locking = postgres.getConnection();
                Statement statement = locking.createStatement()) {
            locking.setAutoCommit(false);
            statement.execute("LOCK TABLE show_chat IN ACCESS EXCLUSIVE MODE");
            publish(new StreamWentOffline(key, "host", end));
            // The running show is gone, and the read of the table fails: the first attempt to write has failed too.
            await().atMost(TIMEOUT).untilAsserted(() -> statistics("").statusCode(503));
            locking.rollback();
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> statistics("").statusCode(200).body("data.messages", equalTo(1)));
    }

    @Test
    void statisticsAreForTheSellers() {
        publish(new StreamWentLive(key, "host", start));
        publish(new StaffChanged(
                key,
                "host",
                start,
                new Staff(
                        1,
                        List.of(
                                new Staff.Member("lee", Staff.Role.COHOST),
                                new Staff.Member("park", Staff.Role.MODERATOR)))));
        await().untilAsserted(() ->
                statistics(TestSecrets.userToken("lee", "Lee"), "").statusCode(200));
        statistics(TestSecrets.userToken("park", "Park"), "").statusCode(403);
        statistics(TestSecrets.userToken("kim", "Kim"), "").statusCode(403);
        statistics(TestSecrets.adminToken(), "").statusCode(200);
    }

    private void publish(StreamLifecycle event) {
        bus.publish(event).await().atMost(TIMEOUT);
    }

    private void sendMessage(String text, String clientMessageId) {
        String commandId = UUID.randomUUID().toString();
        ReplyTo replyTo = new ReplyTo("no-gateway", "c1", commandId);
        bus.send(InboxAddress.CHAT, new ChatCommand.SendChat(key, kim, replyTo, commandId, text, clientMessageId))
                .await()
                .atMost(TIMEOUT);
    }

    private ValidatableResponse statistics(String query) {
        return statistics(host, query);
    }

    private ValidatableResponse statistics(String token, String query) {
        return given().auth()
                .oauth2(token)
                .get("/api/chat/" + key + "/statistics" + query)
                .then();
    }
}
