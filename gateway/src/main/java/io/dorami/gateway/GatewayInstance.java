package io.dorami.gateway;

import io.dorami.service.messaging.ServiceReplica;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.regex.Pattern;

/**
 * The identity of this gateway process: an id for channels and leases, which is unique for each start, and a name, by
 * which Nginx finds this gateway again after a restart too.
 */
@ApplicationScoped
public class GatewayInstance {

    /** A label of a host name (RFC 1123). Session ids begin with the name, and Nginx uses it as a part of an address. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,62}");

    private final String id;
    private final String name;

    GatewayInstance(ServiceReplica replica, GatewayConfig config) {
        this.id = replica.name();
        this.name = firstLabel(config.name());
    }

    public String id() {
        return id;
    }

    /** The name of this gateway's host: letters, digits and hyphens. */
    public String name() {
        return name;
    }

    /** Returns the part of a host name before the first dot. */
    static String firstLabel(String hostName) {
        String label = hostName.split("\\.", 2)[0];
        if (!NAME.matcher(label).matches()) {
            throw new IllegalStateException(
                    "DORAMI_GATEWAY_NAME (default: HOSTNAME): expected up to 63 letters, digits and hyphens, got "
                            + hostName);
        }
        return label;
    }
}
