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

    /** Of one loop, so that what runs there shares a turn with the connection. */
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));

    private final Redis redis = TestRedis.client(vertx);
    private final SequentialRedisConnection pipeline = new SequentialRedisConnection(redis.getDelegate());

    @BeforeEach
    void forget() {
        TestRedis.flush(redis);
        answer(pipeline.send(set("text", "here")));
    }

    @AfterEach
    void close() {
        redis.close();
        vertx.closeAndAwait();
    }

    @Test
    void requestsReachRedisInTheOrderInWhichTheyWereMade() {
        List<CompletableFuture<Response>> answers = IntStream.range(0, 1_500)
                .mapToObj(i -> pipeline.send(push("list", i)).subscribeAsCompletionStage())
                .toList();
        assertThat(answers.stream().map(length -> length.join().toInteger()))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 1_500).boxed().toList());
        Response list = answer(
                pipeline.send(Request.cmd(Command.LRANGE).arg("list").arg(0).arg(-1)));
        assertThat(StreamSupport.stream(list.spliterator(), false).map(Response::toInteger))
                .containsExactlyElementsOf(IntStream.range(0, 1_500).boxed().toList());
    }

    @Test
    void whereOneOfSeveralIsRefusedEachHearsForItselfTheNextTime() {
        List<Request> requests = List.of(set("before", "x"), push("text", 1), set("after", "x"));
        List<Throwable> failures = together(requests);
        assertThat(failures)
                .hasSize(3)
                .allSatisfy(failure ->
                        assertThat(failure).isInstanceOf(IOException.class).hasMessageContaining("WRONGTYPE"));

        assertThat(together(requests))
                .singleElement()
                .isInstanceOf(ErrorType.class)
                .extracting(Throwable::getMessage)
                .asString()
                .startsWith("WRONGTYPE");
    }

    /** Makes them in one turn of the connection's loop; answers what failed. */
    private List<Throwable> together(List<Request> requests) {
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        CompletableFuture<List<CompletableFuture<Response>>> made = new CompletableFuture<>();
        vertx.runOnContext(() -> made.complete(requests.stream()
                .map(request ->
                        pipeline.send(request).onFailure().invoke(failures::add).subscribeAsCompletionStage())
                .toList()));
        made.join().forEach(answer -> answer.handle((done, failed) -> done).join());
        return failures;
    }

    private static Response answer(Uni<Response> request) {
        return request.await().atMost(Duration.ofSeconds(10));
    }

    private static Request set(String key, String value) {
        return Request.cmd(Command.SET).arg(key).arg(value);
    }

    private static Request push(String key, int value) {
        return Request.cmd(Command.RPUSH).arg(key).arg(value);
    }
}
