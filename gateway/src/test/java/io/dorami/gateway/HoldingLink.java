package io.dorami.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A way to Redis on which a request is late: its sender's connection breaks, and the request arrives when the test says so. */
final class HoldingLink implements AutoCloseable {

    private static final int REQUEST = 65_536;

    private final ServerSocket server;
    private final int target;
    private final CompletableFuture<byte[]> held = new CompletableFuture<>();
    private volatile @Nullable String wanted;

    HoldingLink(int target) {
        this.target = target;
        try {
            this.server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** The next request with that in it is held. */
    void holdAndBreak(String part) {
        wanted = part;
    }

    void awaitHeld() {
        held.join();
    }

    /** The request that was held arrives; returns when Redis has answered it. */
    void deliver() {
        byte[] late = held.join();
        try (Socket redis = new Socket(InetAddress.getLoopbackAddress(), target)) {
            redis.getOutputStream().write(late);
            redis.getInputStream().read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Socket redis = new Socket(InetAddress.getLoopbackAddress(), target);
                Thread.ofVirtual().start(() -> requests(client, redis));
                Thread.ofVirtual().start(() -> answers(redis, client));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void requests(Socket client, Socket redis) {
        try (client;
                redis) {
            InputStream in = client.getInputStream();
            byte[] buffer = new byte[REQUEST];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                String part = wanted;
                if (part != null && new String(buffer, 0, read, StandardCharsets.UTF_8).contains(part)) {
                    wanted = null;
                    held.complete(Arrays.copyOf(buffer, read));
                    return;
                }
                redis.getOutputStream().write(buffer, 0, read);
            }
        } catch (IOException e) {
            // the end
        }
    }

    private void answers(Socket redis, Socket client) {
        try {
            redis.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException e) {
            // the end
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
