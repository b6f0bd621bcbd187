package io.socketbroker.client;

import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.Future;
import io.socketbroker.linux.Fd;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * A channel of Netty's epoll transport on its way to the broker. Any thread, one after another; the channel itself is
 * touched on its event loop only.
 */
final class NettySource implements HandedSocket {

    private final Channel channel;
    private volatile CompletableFuture<Fd> left = CompletableFuture.failedFuture(new IllegalStateException());
    private volatile boolean formerAutoRead;

    NettySource(Channel channel) {
        this.channel = channel;
    }

    @Override
    public CompletableFuture<Fd> prepare() {
        if (!(channel instanceof UnixChannel unixChannel)) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("a "
                    + channel.getClass().getName() + " has no descriptor: use a channel of Netty's epoll transport"));
        }
        var result = new CompletableFuture<Fd>();
        left = result;
        onEventLoop(result, () -> leaveEventLoop(unixChannel, result));
        return result.copy();
    }

    private void leaveEventLoop(UnixChannel unixChannel, CompletableFuture<Fd> result) {
        if (!channel.isOpen()) {
            throw new IllegalStateException("the channel is closed: " + channel);
        }
        var outbound = channel.unsafe().outboundBuffer();
        if (outbound != null && outbound.totalPendingWriteBytes() > 0) {
            throw new IllegalStateException("the channel has " + outbound.totalPendingWriteBytes()
                    + " bytes unwritten, which would be lost: flush and wait for them first: " + channel);
        }
        formerAutoRead = channel.config().isAutoRead();
        var _ = channel.config().setAutoRead(false);
        var _ = channel.deregister().addListener(future -> {
            if (future.isSuccess()) {
                result.complete(new Fd(unixChannel.fd().intValue()));
            } else {
                fail(result, future);
            }
        });
    }

    @Override
    public CompletableFuture<Void> handedOver() {
        var result = new CompletableFuture<Void>();
        onEventLoop(result, () -> forward(channel.close(), result));
        return result;
    }

    /** Also a channel that leaves a busy event loop only later is put back then, but nobody waits for it. */
    @Override
    public CompletableFuture<Void> refused() {
        var restored = left.handle((descriptor, failure) -> failure == null)
                .thenCompose(gone -> gone ? restore() : CompletableFuture.completedFuture(null));
        return left.isDone() ? restored : CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean isCallersThread() {
        return channel instanceof UnixChannel
                && channel.isRegistered()
                && channel.eventLoop().inEventLoop();
    }

    private CompletableFuture<Void> restore() {
        var result = new CompletableFuture<Void>();
        onEventLoop(result, () -> {
            var _ = channel.eventLoop().register(channel).addListener(future -> {
                if (future.isSuccess()) {
                    var _ = channel.config().setAutoRead(formerAutoRead);
                    result.complete(null);
                } else {
                    fail(result, future);
                }
            });
        });
        return result;
    }

    private void onEventLoop(CompletableFuture<?> result, Runnable work) {
        try {
            channel.eventLoop().execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException e) {
                    result.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException | IllegalStateException e) {
            result.completeExceptionally(e);
        }
    }

    private static void forward(Future<Void> from, CompletableFuture<Void> to) {
        var _ = from.addListener(future -> {
            if (future.isSuccess()) {
                to.complete(null);
            } else {
                fail(to, future);
            }
        });
    }

    private static void fail(CompletableFuture<?> result, Future<?> future) {
        var cause = future.cause();
        result.completeExceptionally(cause == null ? new IllegalStateException("no cause given") : cause);
    }
}
