package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NettyTransferTest {

    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private int openBefore;
    private FakeBroker broker;
    private BrokerClient client;
    private EventLoopGroup loop;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        openBefore = OwnedFd.openCount();
        broker = new FakeBroker(directory);
        client = broker.client();
        loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    @AfterEach
    void shouldLeaveNoDescriptor() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        client.close();
        broker.close();
        Awaitility.await().until(() -> OwnedFd.openCount() == openBefore);
    }

    @Test
    void shouldHandOverAConnectionAndServeItAgain() {
        try (var far = connectedTo(new EchoServer())) {
            Connection.requireFlow(far.end(), far.end(), "before");
            client.transfer(TransferRequest.of(far.channel(), "one", "echo"));
            assertThat(far.channel().isOpen()).isFalse();
            Connection.requireOpenAndQuiet(far.end());
            var again = client.reclaim("one").toNettyChannel();
            assertThat(again).isInstanceOf(EpollSocketChannel.class);
            again.pipeline().addLast(new EchoHandler());
            loop.register(again).syncUninterruptibly();
            Connection.requireFlow(far.end(), far.end(), "after");
            again.close().syncUninterruptibly();
        }
    }

    @Test
    void shouldPutAChannelBackAfterARefusal() {
        broker.refusing = true;
        try (var far = connectedTo(new EchoServer())) {
            var request = TransferRequest.of(far.channel(), "one", "none");
            assertThatExceptionOfType(BrokerException.class).isThrownBy(() -> client.transfer(request));
            assertThat(far.channel().isRegistered()).isTrue();
            assertThat(far.channel().config().isAutoRead()).isTrue();
            Connection.requireFlow(far.end(), far.end(), "as before");
            far.channel().close().syncUninterruptibly();
        }
    }

    @Test
    void shouldNotWaitOnTheChannelsOwnEventLoop() {
        try (var far = connectedTo(new EchoServer())) {
            var blocking = CompletableFuture.runAsync(
                    () -> client.transfer(TransferRequest.of(far.channel(), "one", "echo")),
                    far.channel().eventLoop());
            assertThatExceptionOfType(CompletionException.class)
                    .isThrownBy(() -> blocking.orTimeout(5, TimeUnit.SECONDS).join())
                    .withMessageContaining("transferAllAsync");
            far.channel().close().syncUninterruptibly();
        }
    }

    @Test
    void shouldRefuseAChannelWithUnwrittenBytes() {
        try (var far = connectedTo(new EchoServer())) {
            var _ = far.channel().write(Unpooled.copiedBuffer(new byte[] {1}));
            assertThatIllegalStateException()
                    .isThrownBy(() -> client.transfer(TransferRequest.of(far.channel(), "one", "echo")))
                    .withMessageContaining("flush");
            far.channel().close().syncUninterruptibly();
        }
    }

    @Test
    void shouldHandOverListenersAndDatagramSockets() {
        var server = listen(new EchoServer());
        var port = ((InetSocketAddress) server.localAddress()).getPort();
        var datagrams = new EpollDatagramChannel();
        loop.register(datagrams).syncUninterruptibly();
        datagrams.bind(ANY_PORT).syncUninterruptibly();
        client.transferAll(List.of(
                TransferRequest.of(server, "listener", "echo"), TransferRequest.of(datagrams, "datagrams", "echo")));
        var reclaimed = client.reclaimAll(List.of("listener", "datagrams"));
        assertThat(Sockets.localEndpoint(reclaimed.getFirst().descriptor().fd()))
                .contains(new Endpoint.Inet(InetAddress.getLoopbackAddress(), port));
        var again = (EpollServerSocketChannel) reclaimed.getFirst().toNettyChannel();
        new ServerBootstrap()
                .group(loop)
                .channelFactory(() -> again)
                .childHandler(new EchoServer())
                .register()
                .syncUninterruptibly();
        try (var far = Sockets.connectTcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            Connection.requireFlow(far, far, "served");
        }
        assertThat(reclaimed.getLast().toNettyChannel()).isInstanceOfSatisfying(EpollDatagramChannel.class, channel -> {
            loop.register(channel).syncUninterruptibly();
            channel.close().syncUninterruptibly();
        });
        again.close().syncUninterruptibly();
    }

    @Test
    void shouldAdoptUnixSockets() {
        var pair = Sockets.pair(Sockets.SOCK_STREAM);
        client.transfer(TransferRequest.of(pair.first(), "one", "echo"));
        var channel = client.reclaim("one").toNettyChannel();
        assertThat(channel).isInstanceOf(EpollDomainSocketChannel.class);
        channel.pipeline().addLast(new EchoHandler());
        loop.register(channel).syncUninterruptibly();
        Connection.requireFlow(pair.second(), pair.second(), "unix");
        client.transfer(TransferRequest.of(channel, "two", "echo"));
        assertThat(broker.held).containsKey("two");
        pair.close();
    }

    @Test
    void shouldRefuseAChannelWithoutADescriptor() {
        var request = TransferRequest.of((Channel) new EmbeddedChannel(), "one", "echo");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.transfer(request))
                .withMessageContaining("epoll");
    }

    private Channel listen(EchoServer server) {
        return new ServerBootstrap()
                .group(loop)
                .channel(EpollServerSocketChannel.class)
                .childHandler(server)
                .bind(ANY_PORT)
                .syncUninterruptibly()
                .channel();
    }

    private Far connectedTo(EchoServer server) {
        var listener = listen(server);
        var end = Sockets.connectTcp((InetSocketAddress) listener.localAddress());
        var channel = server.accepted.orTimeout(5, TimeUnit.SECONDS).join();
        listener.close().syncUninterruptibly();
        return new Far(end, channel);
    }

    /** The test's end of a connection, and Netty's. */
    private record Far(OwnedFd end, Channel channel) implements AutoCloseable {
        @Override
        public void close() {
            end.close();
        }
    }

    private static final class EchoServer extends ChannelInitializer<Channel> {
        final CompletableFuture<Channel> accepted = new CompletableFuture<>();

        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new EchoHandler());
            accepted.complete(channel);
        }
    }

    private static final class EchoHandler extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            var _ = context.writeAndFlush((ByteBuf) message, context.voidPromise());
        }
    }
}
