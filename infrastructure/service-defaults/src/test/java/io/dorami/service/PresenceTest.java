package io.dorami.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.contracts.StreamKey;
import io.dorami.contracts.Topics;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PresenceTest {

    private final Redis redis = RealRedis.client();
    private final Presence presence = new Presence(redis);
    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());

    @BeforeEach
    void forget() {
        RealRedis.flush(redis);
    }

    @Test
    void aParticipantOnTwoGatewaysIsOne() {
        assertThat(move("g1", "+kim", "+lee")).isEqualTo(2);
        assertThat(move("g2", "+kim")).isEqualTo(2);
        assertThat(move("g1", "-kim")).isEqualTo(2);
        assertThat(move("g2", "-kim")).isEqualTo(1);
    }

    @Test
    void whatIsSaidTwiceCountsOnce() {
        move("g1", "+kim");
        assertThat(move("g1", "+kim")).isEqualTo(1);
        move("g1", "-kim");
        assertThat(move("g1", "-kim")).isZero();
    }

    @Test
    void aGatewayThatLapsedTakesItsViewersWithItAndNobodyElses() {
        move("g1", "+kim", "+lee");
        move("g2", "+lee", "+park");
        lapse("g1");
        assertThat(sweep()).isEqualTo(Map.of(key, 2L));
        assertThat(presence.counts(List.of(key)).await().indefinitely()).containsExactly(2L);
    }

    @Test
    void aChangeIsToldOnce() {
        move("g1", "+kim");
        assertThat(sweep()).isEqualTo(Map.of(key, 1L));
        assertThat(sweep()).isEmpty();
    }

    @Test
    void aLeaseIsRenewedOnlyForTheSameSet() {
        move("g1", "+kim");
        assertThat(renew("g1", 1)).isTrue();
        assertThat(renew("g1", 2)).isFalse();
        assertThat(renew("g2", 0)).isFalse();
        RealRedis.flush(redis);
        assertThat(renew("g1", 1)).isFalse();
    }

    @Test
    void announcingAnewUnderAnotherNameNeverDips() {
        move("g1", "+kim", "+lee");
        assertThat(move("g1-1", "+kim", "+lee")).isEqualTo(2);
        lapse("g1");
        sweep();
        assertThat(presence.counts(List.of(key)).await().indefinitely()).containsExactly(2L);
    }

    @Test
    void aWatchedStreamIsKnown() {
        move("g1", "+kim");
        assertThat(presence.watched(key.partition()).await().indefinitely()).containsExactly(key);
        move("g1", "-kim");
        assertThat(presence.watched(key.partition()).await().indefinitely()).isEmpty();
    }

    private long move(String gateway, String... moves) {
        return presence.move(key, gateway, List.of(moves)).await().indefinitely();
    }

    private boolean renew(String gateway, int size) {
        return presence.renew(key, gateway, size).await().indefinitely();
    }

    private Map<StreamKey, Long> sweep() {
        return presence.sweep(key.partition()).await().indefinitely();
    }

    /** As if ten seconds had passed without a renewal. */
    private void lapse(String gateway) {
        redis.sendAndAwait(Request.cmd(Command.ZADD)
                .arg(Topics.viewerLeases(key.partition()))
                .arg(0)
                .arg(key + ":" + gateway));
    }
}
