package io.dorami.stream.state;

import io.dorami.contracts.User;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.MediaViewers;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.dorami.service.messaging.TransactionalOutbox;
import io.dorami.service.runtime.PeriodicTask;
import io.dorami.stream.StreamConfig;
import io.dorami.stream.StreamMetrics;
import io.dorami.stream.staff.StaffStore;
import io.dorami.stream.state.Stream.AppliedTransition;
import io.dorami.stream.state.StreamRules.StateChange;
import io.dorami.stream.state.StreamRules.Transition;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Stores streams in PostgreSQL, where every replica sees them. A change of state and its events are one transaction, so
 * that each change is published once, regardless of which replica handled it and which one dies.
 */
@ApplicationScoped
public class StreamStore {

    /** The maximum delay at the end of a grace period. */
    private static final Duration GRACE_POLL_INTERVAL = Duration.ofMillis(500);

    /** Streams whose grace period ends in one round; the others wait for the next round, half a second later. */
    private static final int GRACE_BATCH_SIZE = 50;

    private static final String SELECT_ON_AIR = StreamRows.SELECT + """
            WHERE %s ORDER BY started_at DESC LIMIT $1
            """.formatted(StreamRows.IS_ON_AIR);

    private static final String SELECT_PUBLIC_ON_AIR =
            StreamRows.SELECT + """
            WHERE %s AND %s ORDER BY started_at DESC LIMIT $1
            """.formatted(StreamRows.IS_PUBLIC, StreamRows.IS_ON_AIR);

    private static final String SELECT_EXPIRED_GRACE = StreamRows.SELECT + """
            WHERE state = 'GRACE' AND grace_until <= $1 ORDER BY grace_until LIMIT %d
            FOR UPDATE SKIP LOCKED
            """.formatted(GRACE_BATCH_SIZE);

    private static final String END_SHOW =
            "UPDATE show SET ended_at = $3, peak_viewers = $4 WHERE stream_id = $1 AND started_at = $2";

    private static final Logger LOG = Logger.getLogger(StreamStore.class);

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Database database;
    private final TransactionalOutbox outbox;
    private final SrsInstanceStore instances;
    private final PlayableStreams playableStreams;
    private final MediaViewers mediaViewers;
    private final UpcomingShows upcomingShows;
    private final PeakViewers peaks;
    private final StaffStore staff;
    private final StreamRules rules;
    private final Duration publishKeyLifetime;
    private final StreamMetrics metrics;

    StreamStore(
            Database database,
            TransactionalOutbox outbox,
            SrsInstanceStore instances,
            PlayableStreams playableStreams,
            MediaViewers mediaViewers,
            UpcomingShows upcomingShows,
            PeakViewers peaks,
            StaffStore staff,
            StreamConfig config,
            StreamMetrics metrics) {
        this.database = database;
        this.outbox = outbox;
        this.instances = instances;
        this.playableStreams = playableStreams;
        this.mediaViewers = mediaViewers;
        this.upcomingShows = upcomingShows;
        this.peaks = peaks;
        this.staff = staff;
        this.publishKeyLifetime = config.publishKeyLifetime();
        this.rules = new StreamRules(config.gracePeriod(), config.settleTime());
        this.metrics = metrics;
    }

    /** A stream before and after a change. */
    public record ChangedStream(Stream before, Stream after) {}

    void start(@Observes StartupEvent event) {
        PeriodicTask.start("expire grace periods", GRACE_POLL_INTERVAL, this::expireGraces);
    }

    public Uni<Void> register(Stream stream) {
        return database.inTransaction(transaction -> transaction
                        .preparedQuery(StreamRows.INSERT)
                        .execute(StreamRows.insertValues(stream))
                        .chain(() -> publishRegistration(transaction, stream))
                        .chain(() -> UpcomingShows.mayList(stream) ? upcomingShows.publish(transaction) : done()))
                .invoke(outbox::scheduleRelay);
    }

    public Uni<Optional<Stream>> find(StreamKey key) {
        return database.runBulk(connection -> connection
                        .preparedQuery(StreamRows.SELECT + "WHERE key = $1")
                        .execute(Tuple.of(key.value())))
                .map(rows -> SqlRows.first(rows, StreamRows::stream));
    }

    /** Gets a stream that the user owns or, as an admin, manages. */
    public Uni<Stream> get(UUID id, User user) {
        return database.runBulk(connection -> get(connection, id)).invoke(stream -> requireManager(stream, user));
    }

    /** Gets a stream in which the user may sell: as its owner, a co-host or an admin. */
    public Uni<Stream> getForSeller(UUID id, User user) {
        return database.runBulk(
                connection -> get(connection, id).call(() -> staff.requireSeller(connection, id, user)));
    }

    private static Uni<Stream> get(SqlConnection connection, UUID id) {
        return connection
                .preparedQuery(StreamRows.SELECT + "WHERE id = $1")
                .execute(Tuple.of(id))
                .map(rows -> SqlRows.first(rows, StreamRows::stream).orElseThrow(StreamStore::notFound));
    }

    /** Returns whether the stream has a publisher now. */
    public Uni<Boolean> isPlayable(StreamKey key) {
        return database.runCritical(connection -> connection
                        .preparedQuery("SELECT FROM stream WHERE key = $1 AND state = 'LIVE'")
                        .execute(Tuple.of(key.value())))
                .map(rows -> rows.size() > 0);
    }

    /** Streams on air, the newest first. */
    public Uni<List<Stream>> findOnAir(int limit) {
        return database.runBulk(
                        connection -> connection.preparedQuery(SELECT_ON_AIR).execute(Tuple.of(limit)))
                .map(StreamRows::streams);
    }

    /** Public streams on air, the newest first. */
    public Uni<List<Stream>> findPublicOnAir(int limit) {
        return database.runBulk(connection ->
                        connection.preparedQuery(SELECT_PUBLIC_ON_AIR).execute(Tuple.of(limit)))
                .map(StreamRows::streams);
    }

    /**
     * Accepts a publisher. Fails with {@link ErrorCode#FORBIDDEN} if its key is revoked.
     *
     * @param generation the generation of the publisher's key
     */
    public Uni<ChangedStream> publish(StreamKey key, Publisher publisher, int generation) {
        return change("key = $1", key.value(), (transaction, stream) -> {
            if (generation < stream.keyGeneration()) {
                throw new DoramiException(ErrorCode.FORBIDDEN, "Publish key is revoked; use the newest one");
            }
            return instances.register(transaction, publisher.instanceId()).map(known -> {
                Instant now = clock.instant();
                return stream.apply(rules.publish(stream.progress(), publisher, known, now), now);
            });
        });
    }

    public Uni<ChangedStream> unpublish(StreamKey key, Publisher publisher) {
        return change(key, (progress, now) -> rules.unpublish(progress, publisher, now));
    }

    /** Handles the end of a connection to SRS, whose hook does not name the stream. */
    public Uni<Void> closeConnection(Publisher publisher) {
        return database.runCritical(connection -> connection
                        .preparedQuery(
                                "SELECT key FROM stream WHERE state = 'LIVE' AND (publisher = $1 OR $1 = ANY(rivals))")
                        .execute(Tuple.of(publisher.toString())))
                .chain(rows -> Multi.createFrom()
                        .iterable(rows)
                        .onItem()
                        .transformToUniAndConcatenate(row -> unpublish(new StreamKey(row.getString("key")), publisher))
                        .onItem()
                        .ignoreAsUni());
    }

    /** Applies the stream's publisher in SRS's list; see {@link StreamRules#observe}. */
    public Uni<ChangedStream> observe(StreamKey key, Optional<Publisher> listed, Instant requestedAt) {
        return change(key, (progress, now) -> rules.observe(progress, listed, requestedAt, now));
    }

    /** The streams whose publishers connected to an instance of SRS before the given one. */
    public Uni<List<Stream>> findPublishedBefore(String instanceId, SrsInstances instances) {
        return database.runCritical(connection -> connection
                        .query(StreamRows.SELECT + "WHERE state = 'LIVE'")
                        .execute())
                .map(StreamRows::streams)
                .map(live -> live.stream()
                        .filter(stream -> stream.publisher()
                                .filter(publisher -> instances.isBefore(publisher.instanceId(), instanceId))
                                .isPresent())
                        .toList());
    }

    /** Applies a restart of SRS; see {@link StreamRules#restart}. */
    public Uni<ChangedStream> restart(StreamKey key, String instanceId, SrsInstances instances) {
        return change(key, (progress, now) -> rules.restart(progress, instanceId, instances, now));
    }

    /** Starts the show before its encoder connects. */
    public Uni<ChangedStream> announce(UUID id, User user) {
        return change(id, user, (stream, now) -> {
            if (!stream.state().isOnAir() && stream.expiresAt().isBefore(now)) {
                throw new DoramiException(ErrorCode.CONFLICT, "Publish key is expired; rotate it first");
            }
            return stream.apply(rules.announce(stream.progress(), now), now);
        });
    }

    /** Ends the show. If an admin ends another user's show, its publish key is revoked, because encoders reconnect. */
    public Uni<ChangedStream> end(UUID id, User user) {
        return change(id, user, (stream, now) -> {
            Stream current = stream.isOwnedBy(user) ? stream : stream.withNextKeyGeneration(stream.expiresAt());
            return current.apply(rules.stop(stream.progress(), now), now);
        });
    }

    /** Revokes all publish keys so far. A current publisher stays connected. */
    public Uni<ChangedStream> rotateKey(UUID id, User user, Instant expiresAt) {
        return change(
                id,
                user,
                (stream, now) -> stream.withNextKeyGeneration(expiresAt).apply(Transition.of(stream.progress()), now));
    }

    /**
     * Changes the details of a stream.
     *
     * @param edit returns the edited details; its second argument is the time of the edit
     */
    public Uni<ChangedStream> edit(UUID id, User user, BiFunction<StreamDetails, Instant, StreamDetails> edit) {
        return change(id, user, (stream, now) -> {
            StreamDetails edited = edit.apply(stream.details(), now);
            boolean isRescheduled =
                    !Objects.equals(edited.scheduledAt(), stream.details().scheduledAt());
            Stream after = stream.withDetails(
                    edited, isRescheduled ? keyExpiry(edited.scheduledAt(), now) : stream.expiresAt());
            return after.apply(Transition.of(stream.progress()), now);
        });
    }

    /** The expiry of a publish key that is issued now. */
    public Instant keyExpiry(@Nullable Instant scheduledAt, Instant now) {
        return (scheduledAt == null || scheduledAt.isBefore(now) ? now : scheduledAt).plus(publishKeyLifetime);
    }

    private Uni<ChangedStream> change(StreamKey key, BiFunction<StreamProgress, Instant, Transition> rule) {
        return change("key = $1", key.value(), (transaction, stream) -> {
            Instant now = clock.instant();
            return Uni.createFrom().item(stream.apply(rule.apply(stream.progress(), now), now));
        });
    }

    private Uni<ChangedStream> change(UUID id, User user, BiFunction<Stream, Instant, AppliedTransition> rule) {
        return change("id = $1", id, (transaction, stream) -> {
            requireManager(stream, user);
            return Uni.createFrom().item(rule.apply(stream, clock.instant()));
        });
    }

    private Uni<ChangedStream> change(
            String where, Object key, BiFunction<SqlConnection, Stream, Uni<AppliedTransition>> rule) {
        return database.inTransaction(
                transaction -> transaction
                        .preparedQuery(StreamRows.SELECT + "WHERE " + where + " FOR UPDATE")
                        .execute(Tuple.of(key))
                        .map(rows -> SqlRows.first(rows, StreamRows::stream).orElseThrow(StreamStore::notFound))
                        .chain(stream ->
                                rule.apply(transaction, stream).chain(applied -> save(transaction, stream, applied))),
                this::afterCommit);
    }

    private Uni<Void> expireGraces() {
        return database.inTransaction(
                        transaction -> transaction
                                .preparedQuery(SELECT_EXPIRED_GRACE)
                                .execute(Tuple.of(SqlTime.utc(clock.instant())))
                                .map(StreamRows::streams)
                                .chain(expired -> Multi.createFrom()
                                        .iterable(expired)
                                        .onItem()
                                        .transformToUniAndConcatenate(stream -> {
                                            Instant now = clock.instant();
                                            return save(
                                                    transaction,
                                                    stream,
                                                    stream.apply(rules.expire(stream.progress(), now), now));
                                        })
                                        .collect()
                                        .asList()),
                        ended -> ended.forEach(this::afterCommit))
                .replaceWithVoid();
    }

    private Uni<ChangedStream> save(SqlConnection transaction, Stream before, AppliedTransition applied) {
        Stream after = applied.stream();
        if (after.equals(before)) {
            return Uni.createFrom().item(new ChangedStream(before, after));
        }
        return transaction
                .preparedQuery(StreamRows.UPDATE)
                .execute(StreamRows.updateValues(after))
                .chain(() -> applied.change()
                        .map(change -> publishChange(transaction, after, change)
                                .invoke(() -> metrics.recordStateChange(change)))
                        .orElseGet(StreamStore::done))
                .chain(() ->
                        before.details().equals(after.details()) ? done() : publishEdit(transaction, before, after))
                .replaceWith(new ChangedStream(before, after));
    }

    private Uni<Void> publishChange(SqlConnection transaction, Stream stream, StateChange change) {
        RoomId room = new RoomId(RoomType.STREAM, stream.key());
        Instant changedAt = stream.progress().since();
        return switch (change) {
            case STARTED ->
                transaction
                        .preparedQuery("INSERT INTO show (stream_id, started_at) VALUES ($1, $2)")
                        .execute(Tuple.of(stream.id(), SqlTime.utc(stream.startedAt())))
                        .chain(() -> outbox.publish(
                                transaction,
                                room,
                                new RoomEvent.StreamStarted(
                                        stream.key(), stream.details().title(), changedAt)))
                        .chain(() -> outbox.publish(
                                transaction,
                                new StreamLifecycle.StreamWentLive(stream.key(), stream.ownerId(), changedAt)))
                        .chain(() -> staff.publishAgain(transaction, stream.id()))
                        .chain(() -> publishList(transaction, stream));
            case INTERRUPTED ->
                outbox.publish(transaction, room, new RoomEvent.StreamInterrupted(stream.key(), changedAt));
            case RESUMED -> outbox.publish(transaction, room, new RoomEvent.StreamResumed(stream.key(), changedAt));
            case ENDED ->
                peaks.find(stream)
                        .chain(peak -> transaction
                                .preparedQuery(END_SHOW)
                                .execute(Tuple.of(
                                        stream.id(),
                                        SqlTime.utc(stream.startedAt()),
                                        SqlTime.utc(stream.endedAt()),
                                        peak.orElse(null))))
                        .chain(() -> outbox.publish(transaction, room, new RoomEvent.StreamEnded(stream.key())))
                        .chain(() -> outbox.publish(
                                transaction,
                                new StreamLifecycle.StreamWentOffline(stream.key(), stream.ownerId(), changedAt)))
                        .chain(() -> publishList(transaction, stream));
        };
    }

    private Uni<Void> publishList(SqlConnection transaction, Stream stream) {
        return stream.key().isPrivate() ? done() : upcomingShows.publish(transaction);
    }

    private Uni<Void> publishEdit(SqlConnection transaction, Stream before, Stream after) {
        boolean isRegisteredAgain = !after.details()
                        .title()
                        .equals(before.details().title())
                || !after.details().freeShipping().equals(before.details().freeShipping());
        boolean isListed = UpcomingShows.mayList(before) || UpcomingShows.mayList(after);
        return (isRegisteredAgain ? publishRegistration(transaction, after) : done())
                .chain(() -> isListed ? upcomingShows.publish(transaction) : done());
    }

    /** The time in the event is always that of the creation, by which chat-service recognizes a repetition. */
    private Uni<Void> publishRegistration(SqlConnection transaction, Stream stream) {
        return outbox.publish(
                transaction,
                new StreamLifecycle.StreamRegistered(
                        stream.key(),
                        stream.ownerId(),
                        stream.createdAt(),
                        stream.details().title(),
                        stream.details().freeShipping()));
    }

    /** Runs after the commit, without delaying the caller. The hook may already have had its response. */
    private void afterCommit(ChangedStream changed) {
        if (!changed.after().equals(changed.before())) {
            Stream stream = changed.after();
            playableStreams.update(stream.key(), stream.publisher());
            if (!stream.state().isOnAir()) {
                mediaViewers
                        .clear(stream.key())
                        .subscribe()
                        .with(
                                done -> {},
                                e -> LOG.debugf(
                                        "Media viewers not cleared, they expire: stream=%s cause=%s", stream.key(), e));
            }
            outbox.scheduleRelay();
        }
    }

    private static Uni<Void> done() {
        return Uni.createFrom().voidItem();
    }

    /** Fails with {@link ErrorCode#FORBIDDEN} unless the user is the stream's owner or an admin. */
    static void requireManager(Stream stream, User user) {
        if (!stream.canBeManagedBy(user)) {
            throw new DoramiException(ErrorCode.FORBIDDEN, "Only the stream's owner or an admin may do this");
        }
    }

    static DoramiException notFound() {
        return new DoramiException(ErrorCode.STREAM_NOT_FOUND, "Stream not found");
    }
}
