package io.dorami.service.redis;

import io.dorami.service.runtime.Timeouts;
import io.quarkus.runtime.util.HashUtil;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Lua script of {@code /lua}, called by its hash. The source is sent if Redis does not know the script, as after a
 * restart.
 */
public final class RedisScript {

    /** Scripts take well under 1 ms; after this time the connection counts as lost. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Every script of this process. A {@link SequentialRedisConnection} loads them when it connects. */
    private static final List<RedisScript> ALL = new CopyOnWriteArrayList<>();

    private final String source;
    private final String hash;

    private RedisScript(String source, String hash) {
        this.source = source;
        this.hash = hash;
    }

    /** Reads {@code /lua/NAME.lua} from the class path; several files are concatenated in order. */
    public static RedisScript load(String... names) {
        String source = Stream.of(names).map(RedisScript::read).collect(Collectors.joining("\n"));
        RedisScript script = new RedisScript(source, HashUtil.sha1(source));
        ALL.add(script);
        return script;
    }

    private static String read(String name) {
        try (InputStream in = RedisScript.class.getResourceAsStream("/lua/" + name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("No script /lua/" + name + ".lua on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the script on a connection of the pool. */
    public Uni<Response> run(Redis redis, List<String> keys, List<String> arguments) {
        return run(redis::send, keys, arguments);
    }

    /**
     * Runs the script in the order of sequential requests. If Redis does not know the script, the sequential requests
     * end, because later requests must not overtake the script; the script is then loaded for the next attempt.
     */
    public Uni<Response> run(SequentialRequests requests, List<String> keys, List<String> arguments) {
        return Timeouts.failAfter(
                TIMEOUT,
                requests.send(request(Command.EVALSHA, hash, keys, arguments))
                        .onFailure(RedisScript::isUnknown)
                        .recoverWithUni(e -> requests.loadScript(this)
                                .chain(() -> Uni.createFrom()
                                        .failure(new IOException("Redis did not know the script; retry", e)))));
    }

    /** Runs the script in the order of a {@link SequentialRedisConnection}. */
    public Uni<Response> run(SequentialRedisConnection connection, List<String> keys, List<String> arguments) {
        return run(request -> connection.send(request.getDelegate()).map(Response::newInstance), keys, arguments);
    }

    private static boolean isUnknown(Throwable e) {
        return String.valueOf(e.getMessage()).startsWith("NOSCRIPT");
    }

    /** Creates the requests that load all scripts, so that the first call by hash succeeds. */
    static List<io.vertx.redis.client.Request> loadRequests() {
        return ALL.stream().map(RedisScript::loadRequest).toList();
    }

    /** Creates the request that loads the script. */
    io.vertx.redis.client.Request loadRequest() {
        return io.vertx.redis.client.Request.cmd(io.vertx.redis.client.Command.SCRIPT)
                .arg("LOAD")
                .arg(source);
    }

    private Uni<Response> run(Function<Request, Uni<Response>> send, List<String> keys, List<String> arguments) {
        return Timeouts.failAfter(
                TIMEOUT,
                send.apply(request(Command.EVALSHA, hash, keys, arguments))
                        .onFailure(RedisScript::isUnknown)
                        .recoverWithUni(() -> send.apply(request(Command.EVAL, source, keys, arguments))));
    }

    private static Request request(Command command, String script, List<String> keys, List<String> arguments) {
        Request request = Request.cmd(command).arg(script).arg(keys.size());
        keys.forEach(request::arg);
        arguments.forEach(request::arg);
        return request;
    }
}
