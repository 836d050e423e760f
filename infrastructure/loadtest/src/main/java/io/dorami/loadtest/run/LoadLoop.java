package io.dorami.loadtest.run;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Single-threaded event loop of all sockets and counters, so that nothing needs a lock. */
final class LoadLoop implements AutoCloseable {

    private final boolean epoll = Epoll.isAvailable();
    private final EventLoopGroup group = epoll ? new EpollEventLoopGroup(1) : new NioEventLoopGroup(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Bootstrap bootstrap() {
        return new Bootstrap().group(group).channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class);
    }

    void execute(Runnable work) {
        group.execute(guard(work));
    }

    void schedule(Runnable work, long millis) {
        group.schedule(guard(work), millis, TimeUnit.MILLISECONDS);
    }

    void scheduleAt(Runnable work, long nanoTime) {
        group.schedule(guard(work), nanoTime - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** Runs the task on the loop and waits for its result. Fails if the loop had an error. */
    <T> T call(Callable<T> task) throws InterruptedException {
        try {
            T result = group.submit(task).get();
            Throwable error = failure.get();
            if (error != null) {
                throw new IllegalStateException("Load tool failed", error);
            }
            return result;
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("Load tool failed", e.getCause());
        }
    }

    void fail(Throwable cause) {
        failure.compareAndSet(null, cause);
    }

    private Runnable guard(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                fail(e);
            }
        };
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
