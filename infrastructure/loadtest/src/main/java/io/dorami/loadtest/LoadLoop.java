package io.dorami.loadtest;

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

/** The one thread on which all sockets live and all is counted: so nothing needs a lock. */
final class LoadLoop implements AutoCloseable {

    private final boolean epoll = Epoll.isAvailable();
    private final EventLoopGroup group = epoll ? new EpollEventLoopGroup(1) : new NioEventLoopGroup(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Bootstrap bootstrap() {
        return new Bootstrap().group(group).channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class);
    }

    void execute(Runnable work) {
        group.execute(guarded(work));
    }

    void schedule(Runnable work, long millis) {
        group.schedule(guarded(work), millis, TimeUnit.MILLISECONDS);
    }

    void scheduleAt(Runnable work, long nanoTime) {
        group.schedule(guarded(work), nanoTime - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** Asks something of what lives on the loop, and waits for the answer. */
    <T> T ask(Callable<T> question) throws InterruptedException {
        try {
            T answer = group.submit(question).get();
            Throwable broken = failure.get();
            if (broken != null) {
                throw new IllegalStateException("The load tool itself failed", broken);
            }
            return answer;
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("The load tool itself failed", e.getCause());
        }
    }

    void failed(Throwable cause) {
        failure.compareAndSet(null, cause);
    }

    private Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                failed(e);
            }
        };
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
