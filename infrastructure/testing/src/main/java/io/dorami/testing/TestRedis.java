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

/** A real Redis for all tests of a module, and clients of it without Quarkus. */
public final class TestRedis {

    private static final Vertx VERTX = Vertx.vertx();
    private static final TestServers SERVERS = TestServers.start();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(SERVERS::close));
    }

    private TestRedis() {}

    /** A client that may be closed, as a crashed process's is. */
    public static Redis client() {
        return client(VERTX);
    }

    /** The same on event loops of the test's own. */
    public static Redis client(Vertx vertx) {
        return client(vertx, SERVERS.redisUrl());
    }

    /** The same through what stands in front of it. */
    public static Redis client(FaultProxy forwarder) {
        return client(VERTX, "redis://127.0.0.1:" + forwarder.port());
    }

    public static FaultProxy forwarder() {
        return new FaultProxy(URI.create(SERVERS.redisUrl()).getPort());
    }

    private static Redis client(Vertx vertx, String url) {
        return Redis.createClient(
                vertx,
                new RedisOptions().setConnectionString(url).setMaxPoolSize(16).setMaxPoolWaiting(1_024));
    }

    /** Closes the connections on which somebody waits for something to read, and says how many. */
    public static int killReaders(Redis redis) {
        List<String> readers = redis.sendAndAwait(Request.cmd(Command.CLIENT).arg("LIST"))
                .toString()
                .lines()
                .filter(client -> client.contains("cmd=xreadgroup"))
                .map(client -> client.substring("id=".length(), client.indexOf(' ')))
                .toList();
        readers.forEach(id -> redis.sendAndAwait(
                Request.cmd(Command.CLIENT).arg("KILL").arg("ID").arg(id)));
        return readers.size();
    }

    public static void flush(Redis redis) {
        redis.sendAndAwait(Request.cmd(Command.FLUSHALL));
    }

    /** How many entries a stream has. */
    public static int length(Redis redis, String stream) {
        return redis.sendAndAwait(Request.cmd(Command.XLEN).arg(stream)).toInteger();
    }

    /** The messages in a stream, oldest first. */
    public static List<String> entries(Redis redis, String stream) {
        Response entries = redis.sendAndAwait(
                Request.cmd(Command.XRANGE).arg(stream).arg("-").arg("+"));
        return StreamSupport.stream(entries.spliterator(), false)
                .map(entry -> entry.get(1).get(1).toString())
                .toList();
    }

    /** A message that Redis has given to the group's owner, who never saw it: as when a reader dies with the answer. */
    public static void deliverToNobody(Redis redis, String stream, String group, String json) {
        redis.sendAndAwait(Request.cmd(Command.EVAL)
                .arg("redis.call('XADD', KEYS[1], '*', 'm', ARGV[2])"
                        + " return redis.call('XREADGROUP', 'GROUP', ARGV[1], 'owner', 'STREAMS', KEYS[1], '>')")
                .arg(1)
                .arg(stream)
                .arg(group)
                .arg(json));
    }
}
