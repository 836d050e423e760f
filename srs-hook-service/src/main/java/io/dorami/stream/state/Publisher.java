package io.dorami.stream.state;

/**
 * A publisher connection to SRS.
 *
 * @param clientId SRS's id of the connection
 * @param instanceId SRS's service id, new at every start of SRS; connections of earlier instances are gone
 */
public record Publisher(String clientId, String instanceId) {

    /** Parses {@code instanceId/clientId}. SRS's ids have no slash. */
    static Publisher parse(String text) {
        int slash = text.indexOf('/');
        return new Publisher(text.substring(slash + 1), text.substring(0, slash));
    }

    @Override
    public String toString() {
        return instanceId + "/" + clientId;
    }
}
