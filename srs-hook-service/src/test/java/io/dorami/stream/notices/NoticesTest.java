package io.dorami.stream.notices;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;

import io.dorami.contracts.keys.RoomId;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.RedisSubscriber;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.vertx.mutiny.redis.client.Redis;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class NoticesTest {

    private static final String LIST = "/api/notices";
    private static final String ADMIN_LIST = "/api/notices/admin";

    @Inject
    Redis redis;

    @Inject
    DataSource database;

    @BeforeEach
    void deleteAll() throws SQLException {
        execute("DELETE FROM stream.notice_entry");
    }

    @Test
    void usersSeeActiveNotices_newestFirst() {
        String first = create(Map.of("title", "First", "content", "One", "category", "IMPORTANT"));
        String second = create(Map.of("title", "Second", "content", "Two"));
        String hidden = create(Map.of("title", "Third", "content", "Three", "isActive", false));
        assertThat(ids(given(), LIST)).containsExactly(second, first);
        assertThat(ids(admin(), ADMIN_LIST)).containsExactly(hidden, second, first);
        given().get(LIST)
                .then()
                .body(
                        "data[0].category", equalTo("GENERAL"),
                        "data[0].isActive", equalTo(true),
                        "data[1].category", equalTo("IMPORTANT"),
                        "data[1].title", equalTo("First"),
                        "data[1].content", equalTo("One"));
    }

    @Test
    void change_keepsAbsentFields() {
        String id = create(Map.of("title", "First", "content", "One", "category", "IMPORTANT"));
        String createdAt = admin().get(ADMIN_LIST).path("data[0].createdAt");
        admin().body(Map.of("isActive", false))
                .put(ADMIN_LIST + "/" + id)
                .then()
                .statusCode(200)
                .body(
                        "data.isActive", equalTo(false),
                        "data.title", equalTo("First"),
                        "data.category", equalTo("IMPORTANT"),
                        "data.createdAt", equalTo(createdAt));
        assertThat(ids(given(), LIST)).isEmpty();
        admin().body(Map.of("title", "Other", "content", "Two", "category", "GENERAL"))
                .put(ADMIN_LIST + "/" + id)
                .then()
                .statusCode(200);
        admin().get(ADMIN_LIST)
                .then()
                .body("data[0].title", equalTo("Other"), "data[0].isActive", equalTo(false), "data", hasSize(1));
    }

    @Test
    void deletedNotice_isInNoList() {
        String id = create(Map.of("title", "First", "content", "One"));
        admin().delete(ADMIN_LIST + "/" + id).then().statusCode(200);
        assertThat(ids(admin(), ADMIN_LIST)).isEmpty();
        admin().delete(ADMIN_LIST + "/" + id).then().statusCode(404).body("errorCode", equalTo("NOT_FOUND"));
        admin().body(Map.of("isActive", true)).put(ADMIN_LIST + "/" + id).then().statusCode(404);
    }

    @Test
    void textIsCleaned() {
        create(Map.of("title", " \u202eSale\ntoday\u0000 ", "content", "Line 1\r\nLine 2\u200b <b>\u20ac</b>"));
        given().get(LIST)
                .then()
                .body(
                        "data[0].title", equalTo("Sale today"),
                        "data[0].content", equalTo("Line 1\nLine 2 <b>\u20ac</b>"));
    }

    @Test
    void halfSurrogatePair_isReplaced() {
        admin().body("{\"title\": \"a\\ud83d\", \"content\": \"\\ude00b\"}")
                .post(ADMIN_LIST)
                .then()
                .statusCode(201);
        given().get(LIST).then().body("data[0].title", equalTo("a\ufffd"), "data[0].content", equalTo("\ufffdb"));
        admin().body("{\"text\": \"a\\ud83d\", \"fontSize\": 16, \"fontFamily\": \"Pretendard\"}")
                .put(LIST)
                .then()
                .statusCode(200);
        given().get("/api/notices/current").then().body("data.text", equalTo("a\ufffd"));
        admin().body("{\"text\": \"a\", \"fontSize\": 16, \"fontFamily\": \"\\ud83d\"}")
                .put(LIST)
                .then()
                .statusCode(400);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    title    | {"content": "x"}
                    title    | {"title": " ", "content": "x"}
                    content  | {"title": "x", "content": "\\u200b"}
                    category | {"title": "x", "content": "x", "category": "URGENT"}
                    isActive | {"title": "x", "content": "x", "isActive": "perhaps"}
                    pinned   | {"title": "x", "content": "x", "pinned": true}
                    """)
    void invalidNotice_isRejectedByName(String field, String body) {
        admin().body(body).post(ADMIN_LIST).then().statusCode(400).body("message", startsWith("body." + field + ": "));
    }

    @Test
    void longTexts_areRejected() {
        for (Map<String, String> body : List.of(
                Map.of("title", "x".repeat(201), "content", "x"), Map.of("title", "x", "content", "x".repeat(2_001)))) {
            admin().body(body).post(ADMIN_LIST).then().statusCode(400);
        }
        create(Map.of("title", "x".repeat(200), "content", "x".repeat(2_000)));
    }

    @Test
    void onlyAdminsManageNotices() {
        given().get(ADMIN_LIST).then().statusCode(401);
        as(TestSecrets.userToken("u1", "Kim")).get(ADMIN_LIST).then().statusCode(403);
        String id = create(Map.of("title", "First", "content", "One"));
        RequestSpecification user = as(TestSecrets.userToken("u1", "Kim"));
        user.body(Map.of("title", "x", "content", "x")).post(ADMIN_LIST).then().statusCode(403);
        user.body(Map.of("isActive", false)).put(ADMIN_LIST + "/" + id).then().statusCode(403);
        user.delete(ADMIN_LIST + "/" + id).then().statusCode(403);
        assertThat(ids(given(), LIST)).containsExactly(id);
    }

    @Test
    void simultaneousRequestsDoNotExceedTheLimit() throws Exception {
        execute("INSERT INTO stream.notice_entry SELECT gen_random_uuid(), 'x', 'x', 'GENERAL', true, now(), now()"
                + " FROM generate_series(1, 198)");
        try (ExecutorService admins = Executors.newFixedThreadPool(6)) {
            List<Future<Response>> responses = IntStream.range(0, 6)
                    .mapToObj(i -> admins.submit(() ->
                            admin().body(Map.of("title", "x", "content", "x")).post(ADMIN_LIST)))
                    .toList();
            int created = 0;
            for (Future<Response> response : responses) {
                if (response.get().statusCode() == 201) {
                    created++;
                } else {
                    response.get().then().statusCode(409).body("message", containsString("delete one first"));
                }
            }
            assertThat(created).isEqualTo(2);
        }
        assertThat(ids(given(), LIST)).hasSize(200);
    }

    @Test
    void notice_writtenByAdmin_isPublishedToAllPages() {
        String text = "Sale at nine " + UUID.randomUUID();
        Map<String, Object> notice = Map.of("text", text, "fontSize", 16, "fontFamily", "Pretendard");
        as(TestSecrets.userToken("u1", "Kim"))
                .body(notice)
                .put("/api/notices")
                .then()
                .statusCode(403);
        admin().body(notice).put("/api/notices").then().statusCode(200);
        given().get("/api/notices/current").then().body("data.text", equalTo(text), "data.fontSize", equalTo(16));
        await().untilAsserted(() -> assertThat(RedisSubscriber.loggedEvents(redis, RoomId.PLATFORM))
                .anySatisfy(event -> {
                    assertThat(event.name()).isEqualTo("notice:updated");
                    assertThat(event.isFlat()).isTrue();
                    assertThat(event.data()).contains(text);
                }));
        admin().body(Map.of("text", text, "fontSize", 16, "fontFamily", "x; background: red"))
                .put("/api/notices")
                .then()
                .statusCode(400)
                .body("errorCode", equalTo("VALIDATION_ERROR"));
        admin().body("{}").put("/api/notices").then().statusCode(400);
    }

    private static String create(Map<String, ?> notice) {
        return admin().body(notice)
                .post(ADMIN_LIST)
                .then()
                .statusCode(201)
                .extract()
                .path("data.id");
    }

    private static List<String> ids(RequestSpecification user, String path) {
        return user.get(path).then().statusCode(200).extract().path("data.id");
    }

    private static RequestSpecification admin() {
        return as(TestSecrets.adminToken());
    }

    private static RequestSpecification as(String token) {
        return given().contentType(ContentType.JSON).header("Authorization", "Bearer " + token);
    }

    private void execute(String statement) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement update = connection.createStatement()) {
            update.execute(statement);
        }
    }
}
