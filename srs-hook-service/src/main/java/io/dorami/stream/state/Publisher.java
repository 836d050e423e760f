package io.dorami.stream.state;

/**
 * A connection to SRS over which somebody publishes.
 *
 * @param client SRS's id of the connection
 * @param run SRS's service id: new at every start of SRS, whose old connections are then gone
 */
public record Publisher(String client, String run) {

    /** Neither has a slash; that of SRS is letters and digits. */
    static Publisher parse(String text) {
        int slash = text.indexOf('/');
        return new Publisher(text.substring(slash + 1), text.substring(0, slash));
    }

    @Override
    public String toString() {
        return run + "/" + client;
    }
}
