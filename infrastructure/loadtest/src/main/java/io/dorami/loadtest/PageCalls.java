package io.dorami.loadtest;

import java.util.List;

/** The REST calls that the page makes on coming and while it is open, one after the other, for one member after the other. */
final class PageCalls {

    private final RestCalls calls;
    private final Audience audience;
    private final Room room;
    private final List<String> paths;
    private int turn;

    PageCalls(RestCalls calls, Audience audience, Room room) {
        this.calls = calls;
        this.audience = audience;
        this.room = room;
        this.paths = List.of(
                "/api/streaming/key/" + room.key + "/status",
                "/api/products?streamKey=" + room.key,
                "/api/streaming/active");
    }

    void look(long due) {
        List<Member> all = audience.of(room);
        if (!all.isEmpty()) {
            String token = audience.token(all.get(turn % all.size()).user);
            calls.get(paths.get(turn++ % paths.size()), token, due);
        }
    }
}
