package io.dorami.service.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.testing.KeyServer;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests the fetch of keys, and the bound of the tokens that wait for it. */
class RemoteKeysTest {

    @Test
    void beyondOneThousandWaitingTokens_furtherRetryLater() {
        Vertx vertx = Vertx.vertx();
        try (KeyServer server = new KeyServer()) {
            server.publish(KeyServer.newEcKey("ec-1"));
            RemoteKeys keys = new RemoteKeys("acme", server.address(), vertx);
            Uni.createFrom()
                    .deferred(keys::fetch)
                    .onFailure()
                    .retry()
                    .atMost(5)
                    .await()
                    .indefinitely(); // the next fetch waits for the pause

            List<CompletableFuture<Void>> waiting = Stream.generate(
                            () -> keys.awaitFetch().subscribeAsCompletionStage())
                    .limit(1_000)
                    .toList();
            assertThat(waiting).noneMatch(CompletableFuture::isDone);
            assertThat(keys.awaitFetch().subscribeAsCompletionStage())
                    .isCompletedExceptionally()
                    .failsWithin(Duration.ZERO)
                    .withThrowableOfType(ExecutionException.class)
                    .havingCause()
                    .isInstanceOfSatisfying(
                            DoramiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY));

            waiting.forEach(CompletableFuture::join);
            keys.awaitFetch().await().indefinitely();
        } finally {
            vertx.closeAndAwait();
        }
    }

    @Test
    void failedFetchNamesAddressAndStatus() {
        Vertx vertx = Vertx.vertx();
        try (KeyServer server = new KeyServer()) {
            RemoteKeys keys = new RemoteKeys("acme", server.address().resolve("/missing"), vertx);
            assertThatThrownBy(() -> keys.fetch().await().indefinitely())
                    .hasRootCauseMessage("GET " + server.address().resolve("/missing") + ": HTTP 404");
        } finally {
            vertx.closeAndAwait();
        }
    }
}
