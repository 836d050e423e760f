package io.dorami.loadtest.run;

import io.dorami.loadtest.measurement.RoomTracker;
import java.util.List;

/** REST calls that the page makes when it opens and while it is open, in turn, for one member after the other. */
final class PageCalls {

    private final RestCalls calls;
    private final MemberPool pool;
    private final RoomTracker room;
    private final List<String> paths;
    private int turn;

    PageCalls(RestCalls calls, MemberPool pool, RoomTracker room) {
        this.calls = calls;
        this.pool = pool;
        this.room = room;
        this.paths = List.of(
                "/api/streaming/key/" + room.key + "/status",
                "/api/products?streamKey=" + room.key,
                "/api/streaming/active");
    }

    void sendNext(long due) {
        List<Member> all = pool.membersOf(room);
        if (!all.isEmpty()) {
            String token = pool.token(all.get(turn % all.size()).user);
            calls.get(paths.get(turn++ % paths.size()), token, due);
        }
    }
}
