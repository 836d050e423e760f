package io.dorami.endtoend;

import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * People who watch one stream on several gateways, with as many tabs as they like; and between which bounds a true count of
 * them lies at any moment.
 */
final class ViewerPopulation implements AutoCloseable {

    /** The room hears within 500 ms; the rest is for a test machine that has more to do. */
    private static final long SOON = Duration.ofSeconds(2).toNanos();

    /** Whoever was on a gateway that died counts until its lease has lapsed: 10 s, and a sweep. */
    private static final long LEASE = Duration.ofSeconds(13).toNanos();

    /** A lease has at least this left, so whoever is back by then never stops counting. */
    private static final long BACK = Duration.ofSeconds(5).toNanos();

    private static final String GUEST = "guest-";

    private final String room;
    private final Map<String, Person> people = new HashMap<>();

    ViewerPopulation(String room) {
        this.room = room;
    }

    private record Tab(GatewayProcess gateway, JsonTestClient client) {}

    private static final class Person {
        final List<Tab> tabs = new ArrayList<>();

        /** Since when at least one tab is there; from then on it must count. */
        long inSince = Long.MAX_VALUE;

        /** Until when it may count though no tab is there. */
        long mayCountUntil = Long.MIN_VALUE;

        /** Until when it must count though its gateway died. */
        long mustCountUntil = Long.MIN_VALUE;
    }

    int tabs(String name) {
        Person person = people.get(name);
        return person == null ? 0 : person.tabs.size();
    }

    /** Guests who are there; each is one connection, and comes as somebody else next time. */
    List<String> guests() {
        return people.entrySet().stream()
                .filter(person -> person.getKey().startsWith(GUEST)
                        && !person.getValue().tabs.isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    void comeAsGuest(GatewayProcess gateway) {
        come(GUEST + people.size(), gateway);
    }

    /** After the gateway died. */
    void comeBack(String name, GatewayProcess gateway) {
        if (name.startsWith(GUEST)) {
            comeAsGuest(gateway);
        } else {
            come(name, gateway);
        }
    }

    /** One more tab; returns when it counts. */
    void come(String name, GatewayProcess gateway) {
        Person person = people.computeIfAbsent(name, n -> new Person());
        person.mayCountUntil = Math.max(person.mayCountUntil, System.nanoTime() + SOON);
        @Nullable String token = name.startsWith(GUEST) ? null : TestSecrets.user(name, name);
        person.tabs.add(
                new Tab(gateway, JsonTestClient.connect(gateway.socket(), token).join(room)));
        person.inSince = Math.min(person.inSince, System.nanoTime());
    }

    /** One tab less. */
    void go(String name) {
        Person person = people.get(name);
        if (person != null && !person.tabs.isEmpty()) {
            person.tabs.removeFirst().client().close();
            if (person.tabs.isEmpty()) {
                left(person, SOON);
            }
        }
    }

    /** A gateway was killed: answers who lost a tab with it. */
    List<String> lost(GatewayProcess gateway) {
        List<String> lost = new ArrayList<>();
        people.forEach((name, person) -> {
            List<Tab> there = person.tabs.stream()
                    .filter(tab -> tab.gateway().equals(gateway))
                    .toList();
            there.forEach(tab -> {
                person.tabs.remove(tab);
                tab.client().close();
                lost.add(name);
            });
            if (!there.isEmpty()) {
                if (person.tabs.isEmpty() && System.nanoTime() - person.inSince > SOON) {
                    person.mustCountUntil = System.nanoTime() + BACK;
                }
                // Also where another tab is left: until the lease lapses its closing does not show.
                person.mayCountUntil = Math.max(person.mayCountUntil, System.nanoTime() + LEASE);
                if (person.tabs.isEmpty()) {
                    left(person, LEASE);
                }
            }
        });
        return lost;
    }

    private static void left(Person person, long mayCount) {
        person.inSince = Long.MAX_VALUE;
        person.mayCountUntil = Math.max(person.mayCountUntil, System.nanoTime() + mayCount);
    }

    /** How many are there. */
    long truth() {
        return people.values().stream().filter(person -> !person.tabs.isEmpty()).count();
    }

    /** Fewer than these a true count cannot be now. */
    long least() {
        long now = System.nanoTime();
        return people.values().stream()
                .filter(person ->
                        (person.inSince < Long.MAX_VALUE && now - person.inSince > SOON) || now < person.mustCountUntil)
                .count();
    }

    /** More than these a true count cannot be now. */
    long most() {
        long now = System.nanoTime();
        return people.values().stream()
                .filter(person -> !person.tabs.isEmpty() || now < person.mayCountUntil)
                .count();
    }

    @Override
    public void close() {
        people.values()
                .forEach(person -> person.tabs.forEach(tab -> tab.client().close()));
    }
}
