package io.dorami.service.redis;

import io.dorami.service.runtime.Timeouts;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A Lua script of {@code /lua}, called by its hash; sent whole where Redis does not know it (yet, or after a restart). */
public final class RedisScript {

    /** A script takes well under a millisecond; whoever has waited this long has lost the connection. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Every script of this process: a {@link SequentialRedisConnection} makes them known when it connects. */
    private static final List<RedisScript> ALL = new CopyOnWriteArrayList<>();

    private final String source;
    private final String hash;

    private RedisScript(String source, String hash) {
        this.source = source;
        this.hash = hash;
    }

    /** Reads {@code /lua/NAME.lua} from the class path; of several, one after the other. */
    public static RedisScript load(String... names) {
        String source = Stream.of(names).map(RedisScript::read).collect(Collectors.joining("\n"));
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest(source.getBytes(StandardCharsets.UTF_8));
            RedisScript script = new RedisScript(source, HexFormat.of().formatHex(hash));
            ALL.add(script);
            return script;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String read(String name) {
        try (InputStream in = RedisScript.class.getResourceAsStream("/lua/" + name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("No script " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Uni<Response> run(Redis redis, List<String> keys, List<String> arguments) {
        return run(redis::send, keys, arguments);
    }

    /**
     * The same in the order of a {@link SequentialRequests}. Where Redis does not know the script, the lane ends, for what comes next
     * must not overtake it; Redis is told the script for the next attempt.
     */
    public Uni<Response> run(SequentialRequests lane, List<String> keys, List<String> arguments) {
        return Timeouts.within(
                PATIENCE,
                lane.send(request(Command.EVALSHA, hash, keys, arguments))
                        .onFailure(RedisScript::isUnknown)
                        .recoverWithUni(e -> lane.teach(this)
                                .chain(() ->
                                        Uni.createFrom().failure(new IOException("Redis had forgotten a script", e)))));
    }

    /** The same, in the order of a {@link SequentialRedisConnection}. */
    public Uni<Response> run(SequentialRedisConnection pipeline, List<String> keys, List<String> arguments) {
        return run(request -> pipeline.send(request.getDelegate()).map(Response::newInstance), keys, arguments);
    }

    private static boolean isUnknown(Throwable e) {
        return String.valueOf(e.getMessage()).startsWith("NOSCRIPT");
    }

    /** What makes all scripts known, so that the first call by a hash finds it. */
    static List<io.vertx.redis.client.Request> loadAll() {
        return ALL.stream().map(RedisScript::load).toList();
    }

    /** What makes the script known. */
    io.vertx.redis.client.Request load() {
        return io.vertx.redis.client.Request.cmd(io.vertx.redis.client.Command.SCRIPT)
                .arg("LOAD")
                .arg(source);
    }

    private Uni<Response> run(Function<Request, Uni<Response>> redis, List<String> keys, List<String> arguments) {
        return Timeouts.within(
                PATIENCE,
                redis.apply(request(Command.EVALSHA, hash, keys, arguments))
                        .onFailure(RedisScript::isUnknown)
                        .recoverWithUni(() -> redis.apply(request(Command.EVAL, source, keys, arguments))));
    }

    private static Request request(Command command, String script, List<String> keys, List<String> arguments) {
        Request request = Request.cmd(command).arg(script).arg(keys.size());
        keys.forEach(request::arg);
        arguments.forEach(request::arg);
        return request;
    }
}
