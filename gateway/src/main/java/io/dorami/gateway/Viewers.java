package io.dorami.gateway;

import io.dorami.contracts.StreamKey;
import io.dorami.service.Presence;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Who watches what on this gateway. Counts a participant's tabs here and tells Redis only of the first that comes and the
 * last that goes, gathered for 100 ms; renews the lease of each stream's set. Touched only on a loop of its own.
 */
@ApplicationScoped
class Viewers {

    /** 5,000 joins in a second are ten scripts for one stream instead of 5,000. */
    private static final long GATHER_MS = 100;

    private static final Logger LOG = Logger.getLogger(Viewers.class);

    private final Map<StreamKey, Audience> audiences = new HashMap<>();
    private final Presence presence;
    private final Loop loop;
    private final Boot boot;
    private final Vertx vertx;

    private int renames;

    Viewers(Presence presence, Boot boot, Vertx vertx) {
        this.presence = presence;
        this.loop = new Loop(vertx);
        this.boot = boot;
        this.vertx = vertx;
    }

    /** The participants of one stream on this gateway. */
    private static final class Audience {
        final StreamKey key;

        /** Under which name Redis has this set. */
        String name;

        /** Participant → tabs. */
        final Map<String, Integer> tabs = new HashMap<>();

        /** Participant → {@code +} or {@code -}: not yet told. The last word counts, for moves may be repeated. */
        Map<String, Character> moves = new LinkedHashMap<>();

        List<UniEmitter<? super Long>> waiting = new ArrayList<>();
        /** How many participants Redis was told of. */
        int told;

        boolean busy;
        boolean renewalDue;

        Audience(StreamKey key, String name) {
            this.key = key;
            this.name = name;
        }
    }

    void start(@Observes StartupEvent event) {
        vertx.setPeriodic(
                GATHER_MS,
                timer -> loop.run(() -> List.copyOf(audiences.values()).forEach(this::renewOrTell)));
        vertx.setPeriodic(
                Presence.RENEW.toMillis(),
                timer -> loop.run(() -> audiences.values().forEach(audience -> audience.renewalDue = true)));
    }

    /** One more tab of a participant, unless it joins again; answers the stream's count, which includes it. */
    Uni<Long> join(StreamKey key, String participant, boolean newTab) {
        return Uni.createFrom()
                .emitter(emitter -> loop.run(() -> {
                    Audience audience = audiences.computeIfAbsent(key, k -> new Audience(k, boot.id()));
                    if (newTab && audience.tabs.merge(participant, 1, Integer::sum) == 1) {
                        audience.moves.put(participant, '+');
                    }
                    audience.waiting.add(emitter);
                }));
    }

    /** One tab less. */
    void leave(StreamKey key, String participant) {
        loop.run(() -> {
            Audience audience = audiences.get(key);
            if (audience != null
                    && audience.tabs.computeIfPresent(participant, (p, tabs) -> tabs == 1 ? null : tabs - 1) == null) {
                audience.moves.put(participant, '-');
            }
        });
    }

    /** One at a time, so that a renewal compares what was told before it and nothing else. */
    private void renewOrTell(Audience audience) {
        if (audience.busy) {
            return;
        }
        if (audience.renewalDue) {
            renew(audience);
        } else if (!audience.moves.isEmpty() || !audience.waiting.isEmpty()) {
            tell(audience);
        }
    }

    private void tell(Audience audience) {
        Map<String, Character> moves = audience.moves;
        List<UniEmitter<? super Long>> waiting = audience.waiting;
        audience.moves = new LinkedHashMap<>();
        audience.waiting = new ArrayList<>();
        audience.busy = true;
        int size = audience.tabs.size();
        List<String> words = moves.entrySet().stream()
                .map(move -> move.getValue() + move.getKey())
                .toList();
        presence.move(audience.key, audience.name, words)
                .emitOn(work -> loop.run(work))
                .subscribe()
                .with(
                        count -> {
                            audience.busy = false;
                            audience.told = size;
                            waiting.forEach(joiner -> joiner.complete(count));
                            if (audience.tabs.isEmpty() && audience.moves.isEmpty()) {
                                audiences.remove(audience.key);
                            }
                        },
                        e -> {
                            LOG.debugf("viewers are told again: %s", e.getMessage());
                            audience.busy = false;
                            moves.forEach(audience.moves::putIfAbsent); // what came since is newer
                            audience.waiting.addAll(waiting);
                        });
    }

    private void renew(Audience audience) {
        audience.busy = true;
        audience.renewalDue = false;
        presence.renew(audience.key, audience.name, audience.told)
                .emitOn(work -> loop.run(work))
                .subscribe()
                .with(
                        held -> {
                            audience.busy = false;
                            if (!held && audience.told > 0) {
                                announceAnew(audience);
                            }
                        },
                        e -> {
                            audience.busy = false;
                            LOG.debugf("not renewed: %s", e.getMessage());
                        });
    }

    /**
     * Redis has lost the set, or has it otherwise. All are told under a new name while the old set is left to lapse: in
     * between they count for both, which is once, so the number on the screen does not dip.
     */
    private void announceAnew(Audience audience) {
        LOG.info("A set of viewers was lost and is announced anew");
        audience.name = boot.id() + "-" + ++renames;
        audience.tabs.keySet().forEach(participant -> audience.moves.put(participant, '+'));
    }
}
