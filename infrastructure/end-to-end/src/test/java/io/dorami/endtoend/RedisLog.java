package io.dorami.endtoend;

import io.dorami.contracts.EventFrame;
import io.dorami.contracts.RoomId;
import io.dorami.contracts.Topics;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads a room's log straight from Redis, in as much of its protocol as that takes. */
final class RedisLog {

    private RedisLog() {}

    /** The names of the events in the room, oldest first. */
    static List<String> names(int port, RoomId room) {
        String command = "XRANGE %s - +\r\n".formatted(Topics.roomEvents(room).log());
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(command.getBytes(StandardCharsets.UTF_8));
            List<String> names = new ArrayList<>();
            for (Object entry : (List<?>) read(new DataInputStream(socket.getInputStream()))) {
                List<?> fields = (List<?>) ((List<?>) entry).get(1);
                names.add(EventFrame.decode(null, fields.get(1).toString()).name());
            }
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object read(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("Redis is gone");
            }
            line.append((char) c);
        }
        String head = line.toString().strip();
        int size = Integer.parseInt(head.substring(1));
        if (head.startsWith("*")) {
            List<Object> items = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                items.add(read(in));
            }
            return items;
        }
        if (!head.startsWith("$")) {
            throw new IOException(head);
        }
        byte[] text = in.readNBytes(size);
        in.skipNBytes(2);
        return new String(text, StandardCharsets.UTF_8);
    }
}
