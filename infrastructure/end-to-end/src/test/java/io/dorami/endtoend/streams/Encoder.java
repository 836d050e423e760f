package io.dorami.endtoend.streams;

import io.dorami.endtoend.system.ReplicaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** An encoder of a seller: FFmpeg, which publishes a test picture and a tone. */
final class Encoder implements AutoCloseable {

    private final Process process;

    private Encoder(List<String> target) {
        List<String> command = new ArrayList<>(
                List.of(("ffmpeg -nostdin -v error -re -f lavfi -i testsrc=size=320x180:rate=25 -f lavfi -i sine"
                                + " -c:v libx264 -preset ultrafast -tune zerolatency -g 25 -c:a aac -f flv")
                        .split(" ")));
        command.addAll(target);
        try {
            process = new ProcessBuilder(command).inheritIO().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Publishes to an address without spaces. */
    static Encoder publish(String address) {
        return new Encoder(List.of(address));
    }

    /** Publishes with the server address and the key exactly as they are pasted. */
    static Encoder publish(String serverAddress, String key) {
        String application = serverAddress.substring(serverAddress.indexOf('/', "rtmp://".length()) + 1);
        return new Encoder(
                List.of("-rtmp_app", application, "-rtmp_tcurl", serverAddress, "-rtmp_playpath", key, serverAddress));
    }

    /** Stops all packets and keeps the connection, as a network that is lost. */
    void freeze() {
        ReplicaProcess.sendSignal(process, "STOP");
    }

    /** Returns false after SRS has rejected or disconnected the encoder. */
    boolean isPublishing() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
