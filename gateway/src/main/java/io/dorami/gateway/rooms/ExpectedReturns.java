package io.dorami.gateway.rooms;

import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.gateway.hub.Client;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Leaves of clients that come back at once, because the gateway closed their connection: their token ran out, they
 * read too slowly, or the gateway stops. A leave is announced to their rooms only if they did not resume in time. A
 * client may resume on another gateway, so each return is recorded in Redis for some seconds.
 */
@ApplicationScoped
class ExpectedReturns {

    /**
     * Time for a client to reconnect. The web client retries after 1 s, with a jitter of 0.4, then after 2 s: twice
     * within this time.
     */
    static final Duration RECONNECT_ALLOWANCE = Duration.ofSeconds(5);

    /**
     * Longer than the allowance, so that each return within it is found, but not by much: a record of an earlier return
     * must not count.
     */
    private static final Duration RECORD_RETENTION = RECONNECT_ALLOWANCE.plusSeconds(1);

    private static final Logger LOG = Logger.getLogger(ExpectedReturns.class);

    private final Redis redis;

    ExpectedReturns(Redis redis) {
        this.redis = redis;
    }

    /** Records that a participant has resumed in the room. */
    void recordReturn(RoomId room, String participant) {
        redis.send(Request.cmd(Command.SET)
                        .arg(RedisKeys.resumed(room, participant))
                        .arg("1")
                        .arg("PX")
                        .arg(RECORD_RETENTION.toMillis()))
                .subscribe()
                .with(set -> {}, e -> LOG.debugf("Return not recorded: room=%s reason=%s", room, e.getMessage()));
    }

    /**
     * Runs the work that announces a leave: at once, or for a client that is expected back after the allowance, unless
     * the client has resumed. The leave is not announced if Redis does not reply.
     */
    void leave(Client client, RoomId room, Runnable announcement) {
        if (!client.isExpectedBack()) {
            announcement.run();
            return;
        }
        client.shard.loop.schedule(
                RECONNECT_ALLOWANCE,
                () -> redis.send(Request.cmd(Command.EXISTS).arg(RedisKeys.resumed(room, client.participant())))
                        .emitOn(client.shard.loop::execute)
                        .subscribe()
                        .with(
                                resumed -> {
                                    if (!resumed.toBoolean()) {
                                        announcement.run();
                                    }
                                },
                                e -> LOG.debugf("Leave not announced: room=%s reason=%s", room, e.getMessage())));
    }
}
