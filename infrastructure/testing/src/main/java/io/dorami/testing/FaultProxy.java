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
 * One address in front of a server: connections that are open stay, new ones go where it points now. Makes bad luck to
 * order: connections that break in the middle or are dead without a word, WebSockets that take long to open, requests that
 * arrive late.
 */
public final class FaultProxy implements AutoCloseable {

    /** A request that is looked for is in one piece of this. */
    private static final int PIECE = 65_536;

    private final ServerSocket server;
    private volatile int target;
    private volatile @Nullable CountDownLatch stalled;

    /** How many bytes the next connection may bring to the client before it breaks. */
    private final AtomicLong cut = new AtomicLong(Long.MAX_VALUE);

    private volatile @Nullable String wanted;
    private final CompletableFuture<byte[]> held = new CompletableFuture<>();

    private volatile boolean frozen;

    /** Only connections of this age live: those made before it was frozen and thawed are dead for good. */
    private final AtomicInteger age = new AtomicInteger();

    private final AtomicInteger connections = new AtomicInteger();

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

    /** How many have come so far. */
    public int connections() {
        return connections.get();
    }

    public void pointTo(int port) {
        target = port;
    }

    /** The next connection breaks after so many bytes to the client. */
    public void cutNextAfter(long bytes) {
        cut.set(bytes);
    }

    /** WebSockets do not open until {@link #releaseWebSockets}. */
    public void stallWebSockets() {
        stalled = new CountDownLatch(1);
    }

    public void releaseWebSockets() {
        CountDownLatch latch = stalled;
        stalled = null;
        if (latch != null) {
            latch.countDown();
        }
    }

    /** The next request with that in it is held, and its connection breaks. */
    public void holdAndBreak(String part) {
        wanted = part;
    }

    public void awaitHeld() {
        held.join();
    }

    /** The request that was held arrives; returns when the server has answered it. */
    public void deliver() {
        byte[] late = held.join();
        try (Socket there = connect()) {
            there.getOutputStream().write(late);
            there.getInputStream().read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As where a firewall forgot its connections: from now on all bytes are swallowed, both ways, and nothing is closed. */
    public void freeze() {
        frozen = true;
    }

    /** From now on new connections live; those that are open stay as dead as they were. */
    public void thaw() {
        age.incrementAndGet();
        frozen = false;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                long most = cut.getAndSet(Long.MAX_VALUE);
                int born = age.get();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> forward(client, most, born));
            }
        } catch (IOException e) {
            // closed
        }
    }

    /** What one says goes to the other at once; the end of one is the end of both. */
    private void forward(Socket client, long most, int born) {
        try (client) {
            client.setTcpNoDelay(true);
            InputStream in = client.getInputStream();
            byte[] piece = new byte[PIECE];
            int length = in.read(piece);
            awaitRelease(piece, length);
            try (Socket there = connect()) {
                Thread.ofVirtual().start(() -> answers(there, client, most, born));
                for (; length >= 0 && !holds(piece, length); length = in.read(piece)) {
                    if (lives(born)) {
                        there.getOutputStream().write(piece, 0, length);
                    }
                }
            }
        } catch (IOException e) {
            // the client is told by the end of its connection
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answers(Socket there, Socket client, long most, int born) {
        try (there;
                client) {
            InputStream in = there.getInputStream();
            byte[] piece = new byte[PIECE];
            long left = most;
            for (int length = in.read(piece); length >= 0 && left > 0; length = in.read(piece)) {
                if (lives(born)) {
                    client.getOutputStream().write(piece, 0, (int) Math.min(length, left));
                    left -= length;
                }
            }
        } catch (IOException e) {
            // the end
        }
    }

    private Socket connect() throws IOException {
        Socket there = new Socket(InetAddress.getLoopbackAddress(), target);
        there.setTcpNoDelay(true);
        return there;
    }

    private void awaitRelease(byte[] first, int length) throws InterruptedException {
        CountDownLatch latch = stalled;
        if (latch != null && contains(first, length, "transport=websocket")) {
            latch.await();
        }
    }

    private boolean holds(byte[] request, int length) {
        String part = wanted;
        if (part == null || !contains(request, length, part)) {
            return false;
        }
        wanted = null;
        return held.complete(Arrays.copyOf(request, length));
    }

    private boolean lives(int born) {
        return !frozen && born == age.get();
    }

    private static boolean contains(byte[] piece, int length, String part) {
        return length > 0 && new String(piece, 0, length, StandardCharsets.UTF_8).contains(part);
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
