package io.socketbroker.daemon.rpc;

import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.socketbroker.daemon.conductor.Conductor;
import io.socketbroker.daemon.core.BrokerLimits;
import io.socketbroker.daemon.events.EventRing;
import io.socketbroker.daemon.journal.Journal;
import io.socketbroker.daemon.policy.PeerIdentity;
import io.socketbroker.linux.OwnedFd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The gRPC server on grpc.sock, with health and reflection. */
public final class GrpcEndpoint implements AutoCloseable {
    /** 253 items with contexts of 64 KiB. */
    private static final int MOST_MESSAGE_BYTES = 20 << 20;

    private static final int MOST_CALLS_PER_CONNECTION = 256;
    private static final int MOST_WAITING_REPLIES = 65_536;
    /** Streams that stay open do not end by themselves. */
    private static final long STOP_MILLIS = 500;

    private static final long STOP_SECONDS = 2;

    private final EventLoopGroup eventLoop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("grpc", true), EpollIoHandler.newFactory());
    private final ThreadPoolExecutor executor = new ThreadPoolExecutor(
            2,
            2,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING_REPLIES),
            new DefaultThreadFactory("rpc", true));
    private final HealthStatusManager health = new HealthStatusManager();
    private final Server server;

    /**
     * Serves on this path at once.
     *
     * @param listener the socket of that path, listening and non-blocking; this becomes its owner
     * @throws IOException if the socket cannot be made
     */
    public GrpcEndpoint(
            Path socket,
            OwnedFd listener,
            Conductor conductor,
            EventRing events,
            PeerIdentity identity,
            BrokerLimits limits,
            String version,
            int uid,
            String custody,
            Journal journal,
            Upgrades upgrades,
            Reloader reloader)
            throws IOException {
        Replies replies = new Replies(executor);
        server = NettyServerBuilder.forAddress(
                        new DomainSocketAddress(socket.toFile()), PeerCredentialsNegotiator.credentials(identity))
                .bossEventLoopGroup(eventLoop)
                .workerEventLoopGroup(eventLoop)
                .channelFactory(() -> new InheritedServerChannel(listener))
                // Services only ask the conductor and return: no thread is needed between.
                .directExecutor()
                .maxInboundMessageSize(MOST_MESSAGE_BYTES)
                .maxConcurrentCallsPerConnection(MOST_CALLS_PER_CONNECTION)
                .intercept(new Callers())
                .addService(new TaskRpc(conductor, replies, executor))
                .addService(new SocketRpc(conductor, replies))
                .addService(new SessionRpc(conductor, replies, executor))
                .addService(new AdminRpc(
                        conductor,
                        replies,
                        executor,
                        events,
                        limits,
                        new AdminRpc.Identity(version, uid, custody, Instant.now()),
                        new CustodyLook(journal, custody, uid),
                        upgrades,
                        reloader))
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance())
                .build()
                .start();
        health.setStatus("", ServingStatus.SERVING);
    }

    /** Lets calls under way finish for a short time. The path of the socket stays. */
    @Override
    public void close() {
        health.enterTerminalState();
        server.shutdown();
        try {
            if (!server.awaitTermination(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                server.shutdownNow().awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        executor.shutdown();
        eventLoop.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
