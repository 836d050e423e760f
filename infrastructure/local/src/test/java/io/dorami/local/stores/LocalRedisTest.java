package io.dorami.local.stores;

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
    void kill_keepsData(@TempDir Path folder) throws IOException {
        try (LocalRedis redis = LocalRedis.start(folder)) {
            assertThat(command(redis, "SET stock 7")).isEqualTo("+OK");
            long firstPid = redis.pid();

            redis.kill();
            assertThat(LocalRedis.isReady(redis.port())).isFalse();
            redis.restart();

            assertThat(redis.pid()).isNotEqualTo(firstPid);
            assertThat(command(redis, "GET stock")).isEqualTo("$1\r\n7");
        }
    }

    @Test
    void fullMemory_rejectsWritesInsteadOfEvicting(@TempDir Path folder) throws IOException {
        try (LocalRedis redis = LocalRedis.start(folder)) {
            assertThat(command(redis, "CONFIG GET maxmemory-policy")).endsWith("noeviction");
            assertThat(command(redis, "CONFIG GET appendonly")).endsWith("yes");
        }
    }

    @Test
    void close_stopsProcess(@TempDir Path folder) {
        LocalRedis redis = LocalRedis.start(folder);
        ProcessHandle process = ProcessHandle.of(redis.pid()).orElseThrow();

        redis.close();

        assertThat(process.isAlive()).isFalse();
    }

    private static String command(LocalRedis redis, String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port());
                BufferedReader reply =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            socket.getOutputStream().write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
            String lines = String.join("\r\n", reply.lines().toList());
            return lines.substring(0, lines.lastIndexOf("\r\n+OK"));
        }
    }
}
