package io.dorami.endtoend.system;

import io.dorami.local.system.Service;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Command lines of the built services. {@code ./dorami test --native} has built native executables, and runs those. */
public final class ServiceCommand {

    /** True if the tests run native executables. */
    public static final boolean IS_NATIVE = System.getProperty("native") != null;

    private ServiceCommand() {}

    /** The launcher's command. */
    public static List<String> of(Service service) {
        return service.command(Repository.ROOT, Map.of(), IS_NATIVE);
    }

    /**
     * The launcher's command, or the service's jar on a JVM with other options.
     *
     * @param javaCommand command that starts a Java process, with its options; empty for the launcher's command
     */
    public static List<String> of(Service service, List<String> javaCommand) {
        if (javaCommand.isEmpty()) {
            return of(service);
        }
        String jar = service.command(Repository.ROOT, Map.of(), false).getLast();
        return Stream.concat(javaCommand.stream(), Stream.of("-jar", jar)).toList();
    }
}
