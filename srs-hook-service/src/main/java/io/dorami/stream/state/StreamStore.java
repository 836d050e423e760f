package io.dorami.stream.state;

import io.dorami.contracts.User;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.Notice;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.MediaViewers;
import io.dorami.service.database.Database;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.messaging.TransactionalOutbox;
import io.dorami.service.runtime.PeriodicTask;
import io.dorami.stream.StreamConfig;
import io.dorami.stream.StreamMetrics;
import io.dorami.stream.state.Stream.Step;
import io.dorami.stream.state.StreamRules.StateChange;
import io.dorami.stream.state.StreamRules.Transition;
import io.quarkus.runtime.ShutdownEvent;
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
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.StreamSupport;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Streams in PostgreSQL, where every replica sees them. A change of state and what is said of it are one transaction, so
 * each is told once, whichever replica was asked and whichever dies.
 */
@ApplicationScoped
public class StreamStore {

    /** How late the end of a grace may be noticed. */
    private static final Duration GRACE_POLL = Duration.ofMillis(500);

    /** Streams whose grace ends in one round; the rest waits for the next, half a second later. */
    private static final int GRACE_BATCH = 50;

    /** What the front page shows of the shows to come. */
    private static final int UPCOMING = 3;

    /** Whoever has no invitation does not read of a private stream in any list. */
    private static final String LISTED = "key NOT LIKE '" + StreamKey.PRIVATE + "%' AND ";

    private static final String ON_AIR = "state IN ('LIVE', 'GRACE')";

    private static final String UPCOMING_FIRST = StreamRows.SELECT + "WHERE " + LISTED + "(" + ON_AIR
            + " OR (state = 'PENDING' AND scheduled_at > $1))"
            + " ORDER BY " + ON_AIR + " DESC, started_at DESC NULLS LAST, scheduled_at LIMIT $2";

    /** Whoever changes the list waits here until it sees the change before its own. */
    private static final String ONE_AT_A_TIME =
            "SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.upcoming'))";

    private static final String GRACE_OVER = StreamRows.SELECT
            + "WHERE state = 'GRACE' AND grace_until <= $1 ORDER BY grace_until LIMIT " + GRACE_BATCH
            + " FOR UPDATE SKIP LOCKED";

    private static final Logger LOG = Logger.getLogger(StreamStore.class);

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Database database;
    private final EventBus bus;
    private final SrsInstanceStore runs;
    private final PlayableStreams playable;
    private final MediaViewers viewers;
    private final StreamRules rules;
    private final StreamMetrics metrics;
    private @Nullable TransactionalOutbox outbox;

    StreamStore(
            Database database,
            EventBus bus,
            SrsInstanceStore runs,
            PlayableStreams playable,
            MediaViewers viewers,
            StreamConfig config,
            StreamMetrics metrics) {
        this.database = database;
        this.bus = bus;
        this.runs = runs;
        this.playable = playable;
        this.viewers = viewers;
        this.rules = new StreamRules(config.grace(), config.settle());
        this.metrics = metrics;
    }

    /** A show that was, or is. */
    public record Show(
            Stream stream, Instant startedAt, @Nullable Instant endedAt) {}

    /** A stream before and after. */
    public record ChangedStream(Stream before, Stream after) {}

    void start(@Observes StartupEvent event) {
        outbox = new TransactionalOutbox("stream", database, bus);
        PeriodicTask.repeat("grace", GRACE_POLL, this::endGraces);
    }

    void stop(@Observes ShutdownEvent event) {
        if (outbox != null) {
            outbox.close();
        }
    }

    public Uni<Void> register(Stream stream) {
        return database.transaction(transaction -> transaction
                        .preparedQuery(StreamRows.INSERT)
                        .execute(StreamRows.whole(stream))
                        .chain(() -> TransactionalOutbox.tell(
                                transaction,
                                new StreamLifecycle.StreamRegistered(
                                        stream.key(), stream.ownerId(), stream.createdAt())))
                        .chain(() -> stream.scheduledAt() == null ? done() : tellUpcoming(transaction, stream)))
                .invoke(this::relay);
    }

    public Uni<Optional<Stream>> find(StreamKey key) {
        return database.bulk(connection -> connection
                        .preparedQuery(StreamRows.SELECT + "WHERE key = $1")
                        .execute(Tuple.of(key.value())))
                .map(rows -> StreamRows.streams(rows).stream().findFirst());
    }

    public Uni<Stream> get(UUID id) {
        return database.bulk(connection -> connection
                        .preparedQuery(StreamRows.SELECT + "WHERE id = $1")
                        .execute(Tuple.of(id)))
                .map(rows -> StreamRows.streams(rows).stream().findFirst().orElseThrow(StreamStore::notFound));
    }

    /** Whether somebody publishes it now. */
    public Uni<Boolean> isPlayable(StreamKey key) {
        return database.critical(connection -> connection
                        .preparedQuery("SELECT FROM stream WHERE key = $1 AND state = 'LIVE'")
                        .execute(Tuple.of(key.value())))
                .map(rows -> rows.size() > 0);
    }

    /** The newest first. */
    public Uni<List<Stream>> onAir(int limit) {
        return database.bulk(connection -> connection
                        .preparedQuery(StreamRows.SELECT + "WHERE " + ON_AIR + " ORDER BY started_at DESC LIMIT $1")
                        .execute(Tuple.of(limit)))
                .map(StreamRows::streams);
    }

    /** The same, as far as everybody may read of it. */
    public Uni<List<Stream>> listed(int limit) {
        return database.bulk(connection -> connection
                        .preparedQuery(
                                StreamRows.SELECT + "WHERE " + LISTED + ON_AIR + " ORDER BY started_at DESC LIMIT $1")
                        .execute(Tuple.of(limit)))
                .map(StreamRows::streams);
    }

    /** The live ones first, then those to come, the next one first. */
    public Uni<List<Stream>> upcoming(int limit) {
        return database.bulk(connection -> upcoming(connection, limit));
    }

    /** All shows there were, the newest first. */
    public Uni<List<Show>> history(int take, int skip) {
        return database.bulk(connection -> connection
                        .preparedQuery("SELECT stream.*, show.started_at AS show_began, show.ended_at AS show_ended"
                                + " FROM show JOIN stream ON stream.id = show.stream_id"
                                + " ORDER BY show.started_at DESC LIMIT $1 OFFSET $2")
                        .execute(Tuple.of(take, skip)))
                .map(rows -> {
                    List<Stream> streams = StreamRows.streams(rows);
                    var row = rows.iterator();
                    return streams.stream()
                            .map(stream -> {
                                var next = row.next();
                                return new Show(
                                        stream,
                                        next.getOffsetDateTime("show_began").toInstant(),
                                        StreamRows.instant(next, "show_ended"));
                            })
                            .toList();
                });
    }

    /**
     * Lets a publisher in.
     *
     * @param generation of the key that it showed; fails with {@link ErrorCode#FORBIDDEN} where that is void
     */
    public Uni<ChangedStream> publish(StreamKey key, Publisher publisher, int generation) {
        return change("key = $1", key.value(), (transaction, stream) -> {
            if (generation < stream.keyGeneration()) {
                throw new DoramiException(ErrorCode.FORBIDDEN, "The publish key was replaced by a newer one");
            }
            return runs.heardOf(transaction, publisher.run())
                    .map(order -> stream.on(
                            rules.publish(stream.course(), publisher, order, clock.instant()), clock.instant()));
        });
    }

    public Uni<ChangedStream> unpublish(StreamKey key, Publisher publisher) {
        return change(key, (course, now) -> rules.unpublish(course, publisher, now));
    }

    /** SRS closed a connection; its hook does not say of which stream. */
    public Uni<Void> close(Publisher publisher) {
        return database.critical(connection -> connection
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

    /** What SRS's list says of the stream; see {@link StreamRules#observe}. */
    public Uni<ChangedStream> observe(StreamKey key, Optional<Publisher> seen, Instant asked) {
        return change(key, (course, now) -> rules.observe(course, seen, asked, now));
    }

    /** The streams whose publishers came in an earlier run of SRS than this one. */
    public Uni<List<Stream>> publishedBefore(String run, SrsInstances order) {
        return database.critical(connection -> connection
                        .query(StreamRows.SELECT + "WHERE state = 'LIVE'")
                        .execute())
                .map(StreamRows::streams)
                .map(live -> live.stream()
                        .filter(stream -> stream.publisher()
                                .filter(publisher -> order.before(publisher.run(), run))
                                .isPresent())
                        .toList());
    }

    /** SRS is in that run now; see {@link StreamRules#restart}. */
    public Uni<ChangedStream> restart(StreamKey key, String run, SrsInstances order) {
        return change(key, (course, now) -> rules.restart(course, run, order, now));
    }

    /** The show begins before its encoder does. */
    public Uni<ChangedStream> announce(UUID id, User user) {
        return change(id, user, (stream, now) -> {
            if (!stream.state().onAir() && stream.expiresAt().isBefore(now)) {
                throw new DoramiException(ErrorCode.CONFLICT, "The publish key has expired: rotate it first");
            }
            return stream.on(rules.announce(stream.course(), now), now);
        });
    }

    /** Ends the show. Where an admin ends another's, its publish key is void: an encoder comes back by itself. */
    public Uni<ChangedStream> end(UUID id, User user) {
        return change(id, user, (stream, now) -> {
            Stream kept = stream.belongsTo(user) ? stream : stream.withNewKey(stream.expiresAt());
            return kept.on(rules.stop(stream.course(), now), now);
        });
    }

    /** Makes every publish key so far void; whoever publishes now goes on. */
    public Uni<ChangedStream> rotateKey(UUID id, User user, Instant expiresAt) {
        return change(
                id, user, (stream, now) -> stream.withNewKey(expiresAt).on(Transition.quiet(stream.course()), now));
    }

    public Uni<Notice> notice() {
        return database.bulk(connection -> connection
                        .query("SELECT text, font_size, font_family FROM notice")
                        .execute())
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .findFirst()
                        .map(row -> new Notice(
                                row.getString("text"), row.getInteger("font_size"), row.getString("font_family")))
                        .orElse(Notice.NONE));
    }

    public Uni<Void> notice(Notice notice) {
        return database.transaction(transaction -> transaction
                        .preparedQuery("INSERT INTO notice (text, font_size, font_family) VALUES ($1, $2, $3)"
                                + " ON CONFLICT (id) DO UPDATE SET text = $1, font_size = $2, font_family = $3")
                        .execute(Tuple.of(notice.text(), notice.fontSize(), notice.fontFamily()))
                        .chain(() -> TransactionalOutbox.publish(
                                transaction, RoomId.EVERYBODY, new RoomEvent.NoticeUpdated(notice))))
                .invoke(this::relay);
    }

    private Uni<ChangedStream> change(StreamKey key, BiFunction<StreamProgress, Instant, Transition> rule) {
        return change("key = $1", key.value(), (transaction, stream) -> {
            Instant now = clock.instant();
            return Uni.createFrom().item(stream.on(rule.apply(stream.course(), now), now));
        });
    }

    private Uni<ChangedStream> change(UUID id, User user, BiFunction<Stream, Instant, Step> rule) {
        return change("id = $1", id, (transaction, stream) -> {
            if (!stream.mayBeChangedBy(user)) {
                throw new DoramiException(ErrorCode.FORBIDDEN, "Only the stream's owner or an admin may do that");
            }
            return Uni.createFrom().item(rule.apply(stream, clock.instant()));
        });
    }

    private Uni<ChangedStream> change(String where, Object key, BiFunction<SqlConnection, Stream, Uni<Step>> rule) {
        return database.transaction(
                transaction -> transaction
                        .preparedQuery(StreamRows.SELECT + "WHERE " + where + " FOR UPDATE")
                        .execute(Tuple.of(key))
                        .map(rows ->
                                StreamRows.streams(rows).stream().findFirst().orElseThrow(StreamStore::notFound))
                        .chain(stream ->
                                rule.apply(transaction, stream).chain(step -> carryOut(transaction, stream, step))),
                this::committed);
    }

    private Uni<Void> endGraces() {
        return database.transaction(
                        transaction -> transaction
                                .preparedQuery(GRACE_OVER)
                                .execute(Tuple.of(StreamRows.utc(clock.instant())))
                                .map(StreamRows::streams)
                                .chain(over -> Multi.createFrom()
                                        .iterable(over)
                                        .onItem()
                                        .transformToUniAndConcatenate(stream -> {
                                            Instant now = clock.instant();
                                            return carryOut(
                                                    transaction,
                                                    stream,
                                                    stream.on(rules.expire(stream.course(), now), now));
                                        })
                                        .collect()
                                        .asList()),
                        ended -> ended.forEach(this::committed))
                .replaceWithVoid();
    }

    private Uni<ChangedStream> carryOut(SqlConnection transaction, Stream before, Step step) {
        Stream after = step.stream();
        if (after.equals(before)) {
            return Uni.createFrom().item(new ChangedStream(before, after));
        }
        return transaction
                .preparedQuery(StreamRows.UPDATE)
                .execute(StreamRows.changed(after))
                .chain(() -> step.change()
                        .map(change -> tell(transaction, after, change))
                        .orElseGet(StreamStore::done))
                .replaceWith(new ChangedStream(before, after));
    }

    private Uni<Void> tell(SqlConnection transaction, Stream stream, StateChange change) {
        RoomId room = new RoomId(RoomType.STREAM, stream.key());
        Instant at = stream.course().since();
        Uni<Void> told = switch (change) {
            case STARTED ->
                transaction
                        .preparedQuery("INSERT INTO show (stream_id, started_at) VALUES ($1, $2)")
                        .execute(Tuple.of(stream.id(), StreamRows.utc(stream.startedAt())))
                        .chain(() -> TransactionalOutbox.publish(
                                transaction, room, new RoomEvent.StreamStarted(stream.key(), stream.title(), at)))
                        .chain(() -> TransactionalOutbox.tell(
                                transaction, new StreamLifecycle.StreamWentLive(stream.key(), stream.ownerId(), at)));
            case ENDED ->
                transaction
                        .preparedQuery("UPDATE show SET ended_at = $3 WHERE stream_id = $1 AND started_at = $2")
                        .execute(Tuple.of(
                                stream.id(), StreamRows.utc(stream.startedAt()), StreamRows.utc(stream.endedAt())))
                        .chain(() ->
                                TransactionalOutbox.publish(transaction, room, new RoomEvent.StreamEnded(stream.key())))
                        .chain(() -> TransactionalOutbox.tell(
                                transaction,
                                new StreamLifecycle.StreamWentOffline(stream.key(), stream.ownerId(), at)));
        };
        return told.chain(() -> tellUpcoming(transaction, stream)).invoke(() -> metrics.changed(change));
    }

    /** Where the stream may have come into the list of the next shows, or gone out of it. */
    private static Uni<Void> tellUpcoming(SqlConnection transaction, Stream stream) {
        if (stream.key().isPrivate()) {
            return done();
        }
        return transaction
                .query(ONE_AT_A_TIME)
                .execute()
                .chain(() -> upcoming(transaction, UPCOMING))
                .chain(streams -> TransactionalOutbox.publish(
                        transaction,
                        RoomId.EVERYBODY,
                        new RoomEvent.UpcomingUpdated(
                                streams.stream().map(next -> next.card(null)).toList())));
    }

    private static Uni<List<Stream>> upcoming(SqlConnection connection, int limit) {
        return connection
                .preparedQuery(UPCOMING_FIRST)
                .execute(Tuple.of(StreamRows.utc(Instant.now()), limit))
                .map(StreamRows::streams);
    }

    /** The change holds, though its hook may have had its answer without it; nobody waits for the telling. */
    private void committed(ChangedStream changed) {
        if (!changed.after().equals(changed.before())) {
            Stream stream = changed.after();
            playable.tell(stream.key(), stream.publisher());
            if (!stream.state().onAir()) {
                viewers.forget(stream.key())
                        .subscribe()
                        .with(done -> {}, e -> LOG.debugf("The viewers of an ended show lapse: %s", e));
            }
            relay();
        }
    }

    private void relay() {
        if (outbox != null) {
            outbox.relaySoon();
        }
    }

    private static Uni<Void> done() {
        return Uni.createFrom().voidItem();
    }

    private static DoramiException notFound() {
        return new DoramiException(ErrorCode.STREAM_NOT_FOUND, "There is no such stream");
    }
}
