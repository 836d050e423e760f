package io.dorami.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.testing.DoramiTestResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Log lines that a client can cause, those of Quarkus and Vert.x included. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class LogVolumeTest {

    private static final String UPGRADE = "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
            + "\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==";

    private static final Logger ROOT = Logger.getLogger("");

    @TestHTTPResource("/")
    URI address;

    private final List<String> lines = new CopyOnWriteArrayList<>();

    private final Handler recorder = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line.getLoggerName() + ": " + line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void record() {
        ROOT.addHandler(recorder);
    }

    @AfterEach
    void stop() {
        ROOT.removeHandler(recorder);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /ws HTTP/1.1\r\nHost: a\r\nOrigin: http://%%",
                "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nConnection: close\r\nHost: a b:xx",
                "BREW /live/%ff HTTP/1.1\r\nConnection: close\r\nHost: a",
            })
    void badRequestsWriteFewLines(String request) throws Exception {
        for (int i = 0; i < 30; i++) {
            exchange(request + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", new byte[0]);
        }
        assertThat(lines).hasSizeLessThan(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws", "/socket.io/?EIO=4&transport=websocket"})
    void badFramesWriteFewLines(String path) throws Exception {
        byte[] reservedOpcode = {(byte) 0x83, (byte) 0x80, 0, 0, 0, 0};
        byte[] unmasked = {(byte) 0x81, 1, 'x'};
        byte[] textBeforeHello = {(byte) 0x81, (byte) 0x81, 0, 0, 0, 0, 'x', (byte) 0x81, (byte) 0x81, 0, 0, 0, 0, 'x'};
        for (byte[] frame : List.of(reservedOpcode, unmasked, textBeforeHello)) {
            for (int i = 0; i < 30; i++) {
                exchange("GET " + path + " HTTP/1.1\r\nHost: a" + UPGRADE + "\r\n\r\n", frame);
            }
        }
        await().during(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(lines).hasSizeLessThan(5));
    }

    /** Sends the request, then the frame once the response begins. Without a frame, reads the whole response. */
    private void exchange(String request, byte[] frame) throws IOException {
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream response = socket.getInputStream();
            assertThat(response.read()).isEqualTo('H');
            socket.getOutputStream().write(frame);
            if (frame.length == 0) {
                response.readAllBytes();
            }
        }
    }
}
