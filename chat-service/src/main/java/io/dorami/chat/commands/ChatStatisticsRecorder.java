package io.dorami.chat.commands;

import io.dorami.chat.db.ChatStatistics;
import io.dorami.chat.db.ChatStatisticsStore;
import io.dorami.chat.redis.RunningChatStatistics;
import io.dorami.contracts.commands.StreamLifecycle.StreamWentLive;
import io.dorami.contracts.commands.StreamLifecycle.StreamWentOffline;
import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.redis.SequentialRequests;
import io.dorami.service.runtime.PeriodicTask;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Records the number of messages of each show. The inbox only ends the count in Redis, because messages of the room must
 * not wait for PostgreSQL. The count is then written at once, and again at each interval until PostgreSQL has it.
 */
@ApplicationScoped
public class ChatStatisticsRecorder {

    /** Interval at which counts are written that PostgreSQL did not accept at once. */
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(5);

    private static final Logger LOG = Logger.getLogger(ChatStatisticsRecorder.class);

    private final RunningChatStatistics running;
    private final ChatStatisticsStore store;

    ChatStatisticsRecorder(RunningChatStatistics running, ChatStatisticsStore store) {
        this.running = running;
        this.store = store;
    }

    void start(@Observes StartupEvent event) {
        PeriodicTask.start("save chat statistics", RETRY_INTERVAL, () -> saveEnded(Partition.all()));
    }

    Uni<Void> startShow(StreamWentLive event, SequentialRequests requests) {
        return running.startShow(event, requests);
    }

    Uni<Void> endShow(StreamWentOffline event, SequentialRequests requests) {
        return running.endShow(event, requests)
                .invoke(() -> saveEnded(List.of(event.stream().partition()))
                        .subscribe()
                        .with(
                                done -> {},
                                e -> LOG.debugf(
                                        "Chat statistics not stored, retried: stream=%s reason=%s",
                                        event.stream(), e.getMessage())));
    }

    /** Finds the show with this start; without a start the one on air, else the last one. */
    public Uni<Optional<ChatStatistics>> find(StreamKey key, @Nullable Instant startedAt) {
        return running.findRunning(key)
                .map(found -> found.filter(
                        show -> startedAt == null || show.startedAt().equals(startedAt)))
                .chain(found -> found.isPresent() ? Uni.createFrom().item(found) : store.find(key, startedAt));
    }

    private Uni<Void> saveEnded(List<Partition> partitions) {
        return running.findEnded(partitions)
                .chain(ended -> Multi.createFrom()
                        .iterable(ended)
                        .onItem()
                        .transformToUniAndConcatenate(show -> store.save(show).chain(() -> running.deleteEnded(show)))
                        .onItem()
                        .ignoreAsUni());
    }
}
