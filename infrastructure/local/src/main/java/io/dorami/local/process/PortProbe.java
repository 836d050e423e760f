package io.dorami.local.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks which ports of this machine are free, and which process listens on a port. */
public final class PortProbe {

    private static final String LISTEN_STATE = "0A";

    private PortProbe() {}

    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** Finds a port that is free now, for tests. */
    public static int findFree() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Describes the process that listens on the port, if Linux's /proc shows it. */
    public static Optional<String> owner(int port) {
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .flatMap(table -> lines(Path.of(table)))
                .map(line -> line.strip().split("\\s+"))
                .filter(field ->
                        field.length > 9 && field[1].endsWith(":%04X".formatted(port)) && field[3].equals(LISTEN_STATE))
                .flatMap(field -> socketOwner("socket:[" + field[9] + "]").stream())
                .findFirst();
    }

    private static Optional<String> socketOwner(String socket) {
        return ProcessHandle.allProcesses()
                .filter(process -> hasOpen(process, socket))
                .findFirst()
                .map(process -> "process " + process.pid()
                        + process.info().command().map(c -> " (" + c + ")").orElse(""));
    }

    private static boolean hasOpen(ProcessHandle process, String socket) {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            return open.anyMatch(file -> target(file).equals(socket));
        } catch (IOException | UncheckedIOException e) {
            return false; // a process of another user, or one that has exited
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static Stream<String> lines(Path table) {
        try {
            return Files.readAllLines(table).stream();
        } catch (IOException e) {
            return Stream.empty(); // not Linux
        }
    }
}
