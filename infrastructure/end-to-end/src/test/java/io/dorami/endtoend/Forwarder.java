package io.dorami.endtoend;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One address in front of several gateways: connections that are open stay, new ones go where it points now. Makes bad luck
 * to order: connections that break in the middle, WebSockets that take long to open.
 */
final class Forwarder implements AutoCloseable {

    private static final int UPGRADE_HEAD = 16_384;

    private final ServerSocket server;
    private volatile int target;
    private volatile @Nullable CountDownLatch stalled;

    /** How many bytes the next connection may bring to the client before it breaks. */
    private final AtomicLong cut = new AtomicLong(Long.MAX_VALUE);

    Forwarder(int target) {
        this.target = target;
        try {
            this.server = new ServerSocket(0, 1_024, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    void pointTo(int port) {
        target = port;
    }

    /** The next connection breaks after so many bytes to the client. */
    void cutNextAfter(long bytes) {
        cut.set(bytes);
    }

    /** WebSockets do not open until {@link #releaseWebSockets}. */
    void stallWebSockets() {
        stalled = new CountDownLatch(1);
    }

    void releaseWebSockets() {
        CountDownLatch latch = stalled;
        stalled = null;
        if (latch != null) {
            latch.countDown();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                long most = cut.getAndSet(Long.MAX_VALUE);
                Thread.ofVirtual().start(() -> forward(client, most));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void forward(Socket client, long most) {
        try (client) {
            client.setTcpNoDelay(true);
            byte[] head = new byte[UPGRADE_HEAD];
            int length = client.getInputStream().read(head);
            CountDownLatch latch = stalled;
            if (latch != null
                    && length > 0
                    && new String(head, 0, length, StandardCharsets.US_ASCII).contains("transport=websocket")) {
                latch.await();
            }
            try (Socket gateway = new Socket(InetAddress.getLoopbackAddress(), target)) {
                gateway.setTcpNoDelay(true);
                Thread back = Thread.ofVirtual().start(() -> copy(gateway, client, most));
                if (length > 0) {
                    gateway.getOutputStream().write(head, 0, length);
                    copy(client, gateway, Long.MAX_VALUE);
                }
                back.join();
            }
        } catch (IOException e) {
            // the client is told by the end of its connection
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What one says goes to the other at once; the end of one is the end of both. */
    private static void copy(Socket from, Socket to, long most) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[4_096];
            long left = most;
            for (int read = in.read(buffer); read >= 0 && left > 0; read = in.read(buffer)) {
                out.write(buffer, 0, (int) Math.min(read, left));
                left -= read;
            }
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
