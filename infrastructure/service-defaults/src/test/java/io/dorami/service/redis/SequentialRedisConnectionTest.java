package io.dorami.service.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.testing.TestRedis;
import io.smallrye.mutiny.Uni;
import io.vertx.core.VertxOptions;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SequentialRedisConnectionTest {

    /** With one event loop, so that a task on it runs in the same iteration as the connection. */
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));

    private final Redis redis = TestRedis.client(vertx);
    private final SequentialRedisConnection connection = new SequentialRedisConnection(redis.getDelegate());

    @BeforeEach
    void flush() {
        TestRedis.flush(redis);
        await(connection.send(set("text", "here")));
    }

    @AfterEach
    void close() {
        redis.close();
        vertx.closeAndAwait();
    }

    @Test
    void requestsReachRedisInOrder() {
        List<CompletableFuture<Response>> answers = IntStream.range(0, 1_500)
                .mapToObj(i -> connection.send(push("list", i)).subscribeAsCompletionStage())
                .toList();
        assertThat(answers.stream().map(length -> length.join().toInteger()))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 1_500).boxed().toList());
        Response list = await(
                connection.send(Request.cmd(Command.LRANGE).arg("list").arg(0).arg(-1)));
        assertThat(StreamSupport.stream(list.spliterator(), false).map(Response::toInteger))
                .containsExactlyElementsOf(IntStream.range(0, 1_500).boxed().toList());
    }

    @Test
    void rejectedBatch_repeated_reportsEachFailureSeparately() {
        List<Request> requests = List.of(set("before", "x"), push("text", 1), set("after", "x"));
        List<Throwable> failures = sendTogether(requests);
        assertThat(failures)
                .hasSize(3)
                .allSatisfy(failure ->
                        assertThat(failure).isInstanceOf(IOException.class).hasMessageContaining("WRONGTYPE"));

        assertThat(sendTogether(requests))
                .singleElement()
                .isInstanceOf(ErrorType.class)
                .extracting(Throwable::getMessage)
                .asString()
                .startsWith("WRONGTYPE");
    }

    /** Sends the requests in one iteration of the connection's event loop and returns the failures. */
    private List<Throwable> sendTogether(List<Request> requests) {
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        CompletableFuture<List<CompletableFuture<Response>>> sent = new CompletableFuture<>();
        vertx.runOnContext(() -> sent.complete(requests.stream()
                .map(request -> connection
                        .send(request)
                        .onFailure()
                        .invoke(failures::add)
                        .subscribeAsCompletionStage())
                .toList()));
        sent.join().forEach(response -> response.handle((done, failed) -> done).join());
        return failures;
    }

    private static Response await(Uni<Response> request) {
        return request.await().atMost(Duration.ofSeconds(10));
    }

    private static Request set(String key, String value) {
        return Request.cmd(Command.SET).arg(key).arg(value);
    }

    private static Request push(String key, int value) {
        return Request.cmd(Command.RPUSH).arg(key).arg(value);
    }
}
