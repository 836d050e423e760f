package io.dorami.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy in front of a server, which injects faults: connections that break in the middle or stop transferring
 * without being closed, WebSockets that take long to open, requests that arrive late. A new target applies to new
 * connections only.
 */
public final class FaultProxy implements AutoCloseable {

    /** Size of a read. A request that is searched for must fit in one. */
    private static final int BUFFER_BYTES = 65_536;

    private final ServerSocket server;
    private volatile int target;
    private volatile @Nullable CountDownLatch stalledWebSockets;

    /** Bytes that the next connection transfers to the client before it breaks. */
    private final AtomicLong bytesUntilBreak = new AtomicLong(Long.MAX_VALUE);

    private volatile @Nullable String heldRequestText;
    private final CompletableFuture<byte[]> heldRequest = new CompletableFuture<>();

    private volatile boolean frozen;

    /**
     * Only connections of this generation transfer; {@link #thaw} starts a new one, so that older connections stay
     * dead.
     */
    private final AtomicInteger generation = new AtomicInteger();

    private final AtomicInteger acceptedConnections = new AtomicInteger();

    public FaultProxy(int target) {
        this.target = target;
        try {
            this.server = new ServerSocket(0, 1_024, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** Number of connections accepted so far. */
    public int acceptedConnections() {
        return acceptedConnections.get();
    }

    public void setTarget(int port) {
        target = port;
    }

    /** Breaks the next connection after this number of bytes to the client. */
    public void breakNextConnectionAfter(long bytes) {
        bytesUntilBreak.set(bytes);
    }

    /** Delays the opening of WebSockets until {@link #releaseWebSockets}. */
    public void stallWebSockets() {
        stalledWebSockets = new CountDownLatch(1);
    }

    public void releaseWebSockets() {
        CountDownLatch latch = stalledWebSockets;
        stalledWebSockets = null;
        if (latch != null) {
            latch.countDown();
        }
    }

    /** Holds back the next request that contains the text, and breaks its connection. */
    public void holdRequestAndBreak(String text) {
        heldRequestText = text;
    }

    public void awaitHeldRequest() {
        heldRequest.join();
    }

    /** Delivers the held request, and returns when the server has replied. */
    public void deliverHeldRequest() {
        byte[] request = heldRequest.join();
        try (Socket upstream = connect()) {
            upstream.getOutputStream().write(request);
            upstream.getInputStream().read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Discards all bytes in both directions without closing, like a firewall that lost its connection state. */
    public void freeze() {
        frozen = true;
    }

    /** Lets new connections transfer; the open ones stay dead. */
    public void thaw() {
        generation.incrementAndGet();
        frozen = false;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                long maxBytes = bytesUntilBreak.getAndSet(Long.MAX_VALUE);
                int createdIn = generation.get();
                acceptedConnections.incrementAndGet();
                Thread.ofVirtual().start(() -> forwardRequests(client, maxBytes, createdIn));
            }
        } catch (IOException e) {
            // proxy closed
        }
    }

    /** Forwards bytes at once. The end of one connection ends both. */
    private void forwardRequests(Socket client, long maxBytes, int createdIn) {
        try (client) {
            client.setTcpNoDelay(true);
            InputStream in = client.getInputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            int length = in.read(buffer);
            awaitRelease(buffer, length);
            try (Socket upstream = connect()) {
                Thread.ofVirtual().start(() -> forwardResponses(upstream, client, maxBytes, createdIn));
                for (; length >= 0 && !holdIfWanted(buffer, length); length = in.read(buffer)) {
                    if (isAlive(createdIn)) {
                        upstream.getOutputStream().write(buffer, 0, length);
                    }
                }
            }
        } catch (IOException e) {
            // the client notices the end of its connection
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void forwardResponses(Socket upstream, Socket client, long maxBytes, int createdIn) {
        try (upstream;
                client) {
            InputStream in = upstream.getInputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            long remaining = maxBytes;
            for (int length = in.read(buffer); length >= 0 && remaining > 0; length = in.read(buffer)) {
                if (isAlive(createdIn)) {
                    client.getOutputStream().write(buffer, 0, (int) Math.min(length, remaining));
                    remaining -= length;
                }
            }
        } catch (IOException e) {
            // end of the connection
        }
    }

    private Socket connect() throws IOException {
        Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target);
        upstream.setTcpNoDelay(true);
        return upstream;
    }

    private void awaitRelease(byte[] first, int length) throws InterruptedException {
        CountDownLatch latch = stalledWebSockets;
        if (latch != null && contains(first, length, "transport=websocket")) {
            latch.await();
        }
    }

    private boolean holdIfWanted(byte[] request, int length) {
        String text = heldRequestText;
        if (text == null || !contains(request, length, text)) {
            return false;
        }
        heldRequestText = null;
        return heldRequest.complete(Arrays.copyOf(request, length));
    }

    private boolean isAlive(int createdIn) {
        return !frozen && createdIn == generation.get();
    }

    private static boolean contains(byte[] buffer, int length, String text) {
        return length > 0 && new String(buffer, 0, length, StandardCharsets.UTF_8).contains(text);
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
