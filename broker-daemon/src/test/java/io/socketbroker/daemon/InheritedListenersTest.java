package io.socketbroker.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.socketbroker.daemon.supervisor.Inheritance;
import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.Io;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sockets that the test makes and keeps, as a service manager does, and brokers that come and go. */
class InheritedListenersTest {
    private static final int BACKLOG = 16;

    @TempDir
    private Path folder;

    private int openBefore;

    @BeforeEach
    void count() {
        openBefore = OwnedFd.openCount();
    }

    @AfterEach
    void shouldLeaveNoDescriptor() {
        assertThat(OwnedFd.openCount()).isEqualTo(openBefore);
    }

    private OwnedFd listen(String name, int type) throws IOException {
        Path path = folder.resolve(name);
        OwnedFd listener = Sockets.listenUnix(path, type, BACKLOG);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
        return listener;
    }

    private OwnedFd listenGrpc() throws IOException {
        return listen("grpc.sock", Sockets.SOCK_STREAM);
    }

    private OwnedFd listenFd() throws IOException {
        return listen("fd.sock", Sockets.SOCK_SEQPACKET);
    }

    private static Inheritance inherit(String names, OwnedFd... descriptors) throws IOException {
        return Inheritance.of(names, descriptors);
    }

    private RunningBroker serve(Inheritance inheritance) throws IOException {
        return RunningBroker.start(folder, Settings.inMemory(), inheritance.descriptors(), () -> {});
    }

    private ServingStatus health() throws InterruptedException {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        new DomainSocketAddress(folder.resolve("grpc.sock").toFile()))
                .eventLoopGroup(group)
                .channelType(EpollDomainSocketChannel.class)
                .overrideAuthority("localhost")
                .usePlaintext()
                .build();
        try {
            return HealthGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .check(HealthCheckRequest.getDefaultInstance())
                    .getStatus();
        } finally {
            channel.shutdownNow().awaitTermination(20, TimeUnit.SECONDS);
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private void expectFdSockServed() {
        try (OwnedFd connection = Sockets.connectUnix(folder.resolve("fd.sock"), Sockets.SOCK_SEQPACKET)) {
            // What is no frame is answered, and then the connection ends.
            Sockets.send(connection.fd(), new byte[] {1}, 0, 1);
            assertThat(Io.read(connection.fd(), new byte[1_000])).isPositive();
        }
    }

    private String permissions(String name) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)));
    }

    @Test
    void shouldServeOnListenersOfOneUnit() throws Exception {
        try (OwnedFd grpc = listenGrpc();
                OwnedFd fd = listenFd()) {
            for (int i = 0; i < 2; i++) {
                try (Inheritance inheritance = inherit("socketbroker:socketbroker", grpc, fd);
                        RunningBroker _ = serve(inheritance)) {
                    assertThat(health()).isEqualTo(ServingStatus.SERVING);
                    expectFdSockServed();
                }
                assertThat(permissions("grpc.sock")).isEqualTo("rw-rw----");
                assertThat(permissions("fd.sock")).isEqualTo("rw-rw----");
            }
        }
    }

    /** While nobody serves, connections wait in the listener that the service manager keeps. */
    @Test
    void shouldRefuseNobodyBetweenTwoBrokers() throws Exception {
        try (OwnedFd grpc = listenGrpc();
                Inheritance first = inherit("grpc.sock", grpc);
                Inheritance second = inherit("grpc.sock", grpc)) {
            serve(first).close();
            try (OwnedFd waiting = Sockets.connectUnix(folder.resolve("grpc.sock"), Sockets.SOCK_STREAM);
                    RunningBroker _ = serve(second)) {
                // HTTP/2 servers speak first.
                assertThat(Io.read(waiting.fd(), new byte[9])).isPositive();
                assertThat(health()).isEqualTo(ServingStatus.SERVING);
            }
        }
    }

    @Test
    void shouldMakeTheListenersThatItDidNotInherit() throws Exception {
        Files.createFile(folder.resolve("grpc.sock"));
        try (OwnedFd fd = listenFd();
                Inheritance inheritance = inherit("fd.sock", fd)) {
            try (RunningBroker _ = serve(inheritance)) {
                assertThat(health()).isEqualTo(ServingStatus.SERVING);
                expectFdSockServed();
            }
            assertThat(folder.resolve("grpc.sock")).doesNotExist();
            assertThat(permissions("fd.sock")).isEqualTo("rw-rw----");
        }
    }

    @Test
    void shouldLeaveWhatHasAnotherNameToOthers() throws Exception {
        try (OwnedFd other = listenGrpc();
                Inheritance inheritance = inherit("held-1", other)) {
            assertThat(InheritedListeners.take(inheritance.descriptors(), folder)
                            .names())
                    .isEmpty();
            assertThat(inheritance.descriptors().namesLeft()).containsExactly("held-1");
        }
    }

    @Test
    void shouldNotMindLinksInThePath() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Files.createDirectory(folder.resolve("real")));
        try (OwnedFd grpc = Sockets.listenUnix(folder.resolve("real/grpc.sock"), Sockets.SOCK_STREAM, BACKLOG);
                Inheritance inheritance = inherit("grpc.sock", grpc)) {
            InheritedListeners listeners = InheritedListeners.take(inheritance.descriptors(), link);
            assertThat(listeners.names()).containsExactly("grpc.sock");
            try (OwnedFd taken = listeners.grpc().orElseThrow()) {
                assertThat(DescriptorFlags.isNonBlocking(taken.fd())).isTrue();
            }
        }
    }

    private void expectRefused(String names, String message, OwnedFd... descriptors) throws IOException {
        try (Inheritance inheritance = inherit(names, descriptors)) {
            assertThatIOException()
                    .isThrownBy(() -> InheritedListeners.take(inheritance.descriptors(), folder))
                    .withMessageContaining("which the service manager calls '")
                    .withMessageContaining(message);
        }
    }

    @Test
    void shouldRefuseWhatIsNoListenerOfIts() throws Exception {
        try (OwnedFd grpc = listenGrpc();
                OwnedFd fd = listenFd();
                OwnedFd elsewhere = listen("other.sock", Sockets.SOCK_STREAM);
                OwnedFd datagram = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_DGRAM, 0);
                OwnedFd tcp = Sockets.listenTcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
                Sockets.Pair pair = Sockets.pair(Sockets.SOCK_STREAM)) {
            expectRefused("grpc.sock", "type of grpc.sock", fd);
            expectRefused("fd.sock", "type of fd.sock", grpc);
            expectRefused("grpc.sock", "type of grpc.sock", tcp);
            expectRefused("grpc.sock", "type of grpc.sock", pair.first());
            expectRefused("socketbroker", "neither a stream nor a seqpacket", datagram);
            expectRefused("grpc.sock", "is bound to unix:" + folder + "/other.sock, not to " + folder, elsewhere);
            expectRefused("grpc.sock:socketbroker", "is the second one for grpc.sock", grpc, grpc);
        }
    }
}
