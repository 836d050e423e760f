package io.dorami.loadtest;

/** What is asked for often, as a set of options; each can be changed on the command line. */
enum Profile {
    FANOUT("messages to all members of a room", "--members 500 --rate 20"),
    IDLE("connections that are held, in silence", "--members 2000 --rate 0 --page --ramp 300 --seconds 30"),
    CHURN("members who come and go while there is talk", "--members 500 --rate 20 --churn 300 --seconds 30"),
    CCU_500(
            "500 viewers as the page behaves: three rooms each, joins and leaves, talk, orders, REST calls",
            "--members 500 --rate 50 --page --churn 10 --orders 50 --stock 100000 --calls 50 --seconds 60 --wire"
                    + " socket.io"),
    FLASH(
            "5,000 viewers come in 10 s and one product sells out",
            "--members 5000 --ramp 500 --in-flight 2000 --rate 5 --page --orders 50 --stock 300 --seconds 30"
                    + " --warmup 0"),
    FLV_500("500 viewers of a stream's HTTP-FLV, from SRS", "--members 500 --rate 0 --ramp 50 --seconds 60"),
    SOAK(
            "hours of ordinary life: does anything grow, does anything get lost",
            "--members 500 --rate 10 --page --churn 10 --seconds 14400");

    private final String words;
    private final String options;

    Profile(String words, String options) {
        this.words = words;
        this.options = options;
    }

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    String words() {
        return words;
    }

    /** What it stands for; what the user says besides comes after it, and wins. */
    String[] options() {
        return options.split(" ", -1);
    }
}
