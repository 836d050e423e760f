package io.dorami.loadtest.plan;

/** Named sets of options. Each option can be overridden on the command line. */
public enum Profile {
    FANOUT("messages to all members of a room", "--members 500 --rate 20"),
    IDLE("idle connections", "--members 2000 --rate 0 --page --ramp 300 --seconds 30"),
    CHURN("members that leave and join during the messages", "--members 500 --rate 20 --churn 300 --seconds 30"),
    CCU_500(
            "500 viewers that behave like the page: three rooms each, joins and leaves, messages, orders, REST calls",
            "--members 500 --rate 50 --page --churn 10 --orders 50 --stock 100000 --calls 50 --seconds 60 --wire"
                    + " socket.io"),
    FLASH(
            "5,000 viewers join in 10 s and one product sells out",
            "--members 5000 --ramp 500 --in-flight 2000 --rate 5 --page --orders 50 --stock 300 --seconds 30"
                    + " --warmup 0"),
    FLV_500("500 viewers of a stream's HTTP-FLV, from SRS", "--members 500 --rate 0 --ramp 50 --seconds 60"),
    SOAK(
            "hours of ordinary load, to detect leaks and losses",
            "--members 500 --rate 10 --page --churn 10 --seconds 14400");

    private final String description;
    private final String options;

    Profile(String description, String options) {
        this.description = description;
        this.options = options;
    }

    /** Name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    String description() {
        return description;
    }

    /** Options of the profile; the options of the user follow and override them. */
    public String[] options() {
        return options.split(" ", -1);
    }
}
