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

/** What a gateway tells of its viewers over a link that breaks. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class ViewerTrackerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Inject
    GatewayInstance boot;

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

    private FaultProxy link;
    private Redis overLink;
    private ViewerTracker viewers;

    @BeforeEach
    void openLink() {
        link = new FaultProxy(address.getPort());
        overLink =
                Redis.createClient(io.vertx.mutiny.core.Vertx.newInstance(vertx), "redis://127.0.0.1:" + link.port());
        viewers = new ViewerTracker(new Presence(overLink), boot, vertx, metrics);
    }

    @AfterEach
    void closeLink() {
        overLink.close();
        link.close();
    }

    @Test
    void aBatchThatArrivesAfterItsLinkBrokeLeavesNobodyBehind() {
        assertThat(join("lee")).isEqualTo(1);
        link.holdAndBreak("+kim");
        var joining = viewers.join(key, "kim", true).subscribeAsCompletionStage();
        link.awaitHeld();
        viewers.leave(key, "kim");
        assertThat(joining).as("told again").succeedsWithin(PATIENCE).isEqualTo(1L);

        link.deliver();
        assertThat(counted()).as("the late one is in a set").isEqualTo(2);
        assertThat(join("park")).isEqualTo(3);
        assertThat(renewedLast()).as("that lapses").containsExactlyInAnyOrder("lee", "park");
    }

    private long join(String participant) {
        return viewers.join(key, participant, true).await().atMost(PATIENCE);
    }

    private long counted() {
        return presence.counts(List.of(key)).await().atMost(PATIENCE).getFirst();
    }

    /** The members of the set with the longest lease. */
    private List<String> renewedLast() {
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
                        redis.sendAndAwait(
                                        Request.cmd(Command.SMEMBERS).arg(RedisKeys.viewersAt(key.partition()) + set))
                                .spliterator(),
                        false)
                .map(Response::toString)
                .toList();
    }
}
