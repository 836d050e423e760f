package io.dorami.endtoend;

import io.dorami.contracts.EventFrame;
import io.dorami.contracts.RoomId;
import io.dorami.contracts.Topics;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Speaks to Redis, one command after the other. */
final class RawRedis implements AutoCloseable {

    private final Socket socket;
    private final InputStream answers;

    RawRedis(int port) {
        try {
            this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
            this.answers = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A text, a number as text, a list of these, or nothing. */
    synchronized @Nullable Object send(String... command) {
        try {
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.writeBytes(("*" + command.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
            for (String word : command) {
                byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
                request.writeBytes(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
                request.writeBytes(bytes);
                request.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            socket.getOutputStream().write(request.toByteArray());
            return answer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a room's log has after a position, oldest first. */
    List<EventFrame> log(RoomId room, String after) {
        List<EventFrame> frames = new ArrayList<>();
        if (send("XRANGE", Topics.roomEvents(room).log(), "(" + after, "+") instanceof List<?> entries) {
            for (Object entry : entries) {
                List<?> parts = (List<?>) entry;
                frames.add(EventFrame.decode((String) parts.get(0), (String) ((List<?>) parts.get(1)).get(1)));
            }
        }
        return frames;
    }

    private @Nullable Object answer() throws IOException {
        String line = line();
        int number = line.charAt(0) == '$' || line.charAt(0) == '*' ? Integer.parseInt(line.substring(1)) : 0;
        return switch (line.charAt(0)) {
            case '$' -> {
                if (number < 0) {
                    yield null;
                }
                String text = new String(answers.readNBytes(number), StandardCharsets.UTF_8);
                answers.readNBytes(2);
                yield text;
            }
            case '*' -> {
                List<@Nullable Object> all = new ArrayList<>();
                for (int i = 0; i < number; i++) {
                    all.add(answer());
                }
                yield all;
            }
            case '-' -> throw new IllegalStateException(line);
            default -> line.substring(1);
        };
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = answers.read(); next != '\r'; next = answers.read()) {
            if (next < 0) {
                throw new IOException("Redis is gone");
            }
            line.append((char) next);
        }
        answers.read();
        return line.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
