package io.dorami.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalRedisTest {

    @Test
    void keepsItsDataOverAKill(@TempDir Path folder) throws IOException {
        try (LocalRedis redis = LocalRedis.start(folder)) {
            assertThat(ask(redis, "SET stock 7")).isEqualTo("+OK");
            long first = redis.pid();

            redis.kill();
            assertThat(LocalRedis.answers(redis.port())).isFalse();
            redis.restart();

            assertThat(redis.pid()).isNotEqualTo(first);
            assertThat(ask(redis, "GET stock")).isEqualTo("$1\r\n7");
        }
    }

    @Test
    void refusesWritesInsteadOfForgetting(@TempDir Path folder) throws IOException {
        try (LocalRedis redis = LocalRedis.start(folder)) {
            assertThat(ask(redis, "CONFIG GET maxmemory-policy")).endsWith("noeviction");
            assertThat(ask(redis, "CONFIG GET appendonly")).endsWith("yes");
        }
    }

    @Test
    void isGoneWhenClosed(@TempDir Path folder) {
        LocalRedis redis = LocalRedis.start(folder);
        ProcessHandle process = ProcessHandle.of(redis.pid()).orElseThrow();

        redis.close();

        assertThat(process.isAlive()).isFalse();
    }

    private static String ask(LocalRedis redis, String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port());
                BufferedReader answer =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            socket.getOutputStream().write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
            String all = String.join("\r\n", answer.lines().toList());
            return all.substring(0, all.lastIndexOf("\r\n+OK"));
        }
    }
}
