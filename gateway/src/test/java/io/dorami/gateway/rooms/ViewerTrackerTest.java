package io.dorami.gateway.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.gateway.GatewayInstance;
import io.dorami.gateway.GatewayMetrics;
import io.dorami.presence.Presence;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.FaultProxy;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests viewer counts over a Redis connection that breaks. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class ViewerTrackerTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Inject
    GatewayInstance instance;

    @Inject
    Vertx vertx;

    @Inject
    GatewayMetrics metrics;

    @Inject
    Presence presence;

    @Inject
    Redis redis;

    @ConfigProperty(name = "dorami.redis-url")
    URI address;

    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());

    private FaultProxy proxy;
    private Redis redisThroughProxy;
    private ViewerTracker viewerTracker;

    @BeforeEach
    void openProxy() {
        proxy = new FaultProxy(address.getPort());
        redisThroughProxy =
                Redis.createClient(io.vertx.mutiny.core.Vertx.newInstance(vertx), "redis://127.0.0.1:" + proxy.port());
        viewerTracker = new ViewerTracker(new Presence(redisThroughProxy), instance, vertx, metrics);
    }

    @AfterEach
    void closeProxy() {
        redisThroughProxy.close();
        proxy.close();
    }

    @Test
    void batchDeliveredAfterDisconnectLeavesNoStaleViewer() {
        assertThat(join("lee")).isEqualTo(1);
        proxy.holdRequestAndBreak("+kim");
        var joinResult = viewerTracker.join(key, "kim", true).subscribeAsCompletionStage();
        proxy.awaitHeldRequest();
        viewerTracker.leave(key, "kim", false);
        assertThat(joinResult).as("sent again").succeedsWithin(TIMEOUT).isEqualTo(1L);

        proxy.deliverHeldRequest();
        assertThat(viewerCount()).as("the delayed batch changed the old set").isEqualTo(2);
        assertThat(join("park")).isEqualTo(3);
        assertThat(membersOfNewestSet()).as("the old set is not renewed").containsExactlyInAnyOrder("lee", "park");
    }

    private long join(String participant) {
        return viewerTracker.join(key, participant, true).await().atMost(TIMEOUT);
    }

    private long viewerCount() {
        return presence.counts(List.of(key)).await().atMost(TIMEOUT).getFirst();
    }

    /** The members of the set with the longest lease. */
    private List<String> membersOfNewestSet() {
        String set = StreamSupport.stream(
                        redis.sendAndAwait(Request.cmd(Command.ZREVRANGE)
                                        .arg(RedisKeys.viewerLeases(key.partition()))
                                        .arg(0)
                                        .arg(-1))
                                .spliterator(),
                        false)
                .map(Response::toString)
                .filter(at -> at.startsWith(key.value()))
                .findFirst()
                .orElseThrow();
        return StreamSupport.stream(
                        redis.sendAndAwait(Request.cmd(Command.SMEMBERS)
                                        .arg(RedisKeys.viewerSetPrefix(key.partition()) + set))
                                .spliterator(),
                        false)
                .map(Response::toString)
                .toList();
    }
}
