package io.dorami.testing;

import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import io.vertx.redis.client.RedisOptions;
import java.net.URI;
import java.util.List;
import java.util.stream.StreamSupport;

/** A real Redis, shared by all tests of a module, and its clients without Quarkus. */
public final class TestRedis {

    private static final Vertx VERTX = Vertx.vertx();
    private static final TestServers SERVERS = TestServers.start();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(SERVERS::close));
    }

    private TestRedis() {}

    /** Creates a client that a test may close, to simulate a crashed process. */
    public static Redis client() {
        return client(VERTX);
    }

    /** Creates a client on the event loops of the test. */
    public static Redis client(Vertx vertx) {
        return client(vertx, SERVERS.redisUrl());
    }

    /** Creates a client that connects through the proxy. */
    public static Redis client(FaultProxy proxy) {
        return client(VERTX, "redis://127.0.0.1:" + proxy.port());
    }

    public static FaultProxy newFaultProxy() {
        return new FaultProxy(URI.create(SERVERS.redisUrl()).getPort());
    }

    private static Redis client(Vertx vertx, String url) {
        return Redis.createClient(
                vertx,
                new RedisOptions().setConnectionString(url).setMaxPoolSize(16).setMaxPoolWaiting(1_024));
    }

    /** Closes the connections that block in XREADGROUP, and returns their number. */
    public static int killBlockedReaders(Redis redis) {
        List<String> readerIds = redis.sendAndAwait(Request.cmd(Command.CLIENT).arg("LIST"))
                .toString()
                .lines()
                .filter(client -> client.contains("cmd=xreadgroup"))
                .map(client -> client.substring("id=".length(), client.indexOf(' ')))
                .toList();
        readerIds.forEach(id -> redis.sendAndAwait(
                Request.cmd(Command.CLIENT).arg("KILL").arg("ID").arg(id)));
        return readerIds.size();
    }

    public static void flush(Redis redis) {
        redis.sendAndAwait(Request.cmd(Command.FLUSHALL));
    }

    /** Number of entries in the stream. */
    public static int streamLength(Redis redis, String stream) {
        return redis.sendAndAwait(Request.cmd(Command.XLEN).arg(stream)).toInteger();
    }

    /** Messages in the stream, oldest first. */
    public static List<String> streamMessages(Redis redis, String stream) {
        Response entries = redis.sendAndAwait(
                Request.cmd(Command.XRANGE).arg(stream).arg("-").arg("+"));
        return StreamSupport.stream(entries.spliterator(), false)
                .map(entry -> entry.get(1).get(1).toString())
                .toList();
    }

    /**
     * Adds a message that is pending for the group's owner, as if a reader had crashed before it received the reply.
     */
    public static void addPendingMessage(Redis redis, String stream, String group, String json) {
        redis.sendAndAwait(
                Request.cmd(Command.EVAL).arg("""
                        local stream = KEYS[1]
                        local group, message = ARGV[1], ARGV[2]
                        redis.call('XADD', stream, '*', 'm', message)
                        return redis.call('XREADGROUP', 'GROUP', group, 'owner', 'STREAMS', stream, '>')
                        """).arg(1).arg(stream).arg(group).arg(json));
    }
}
