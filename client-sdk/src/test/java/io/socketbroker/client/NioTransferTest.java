package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NioTransferTest {

    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private int openBefore;
    private FakeBroker broker;
    private BrokerClient client;
    private ServerSocketChannel listener;
    private SocketChannel near;
    private OwnedFd far;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        openBefore = OwnedFd.openCount();
        broker = new FakeBroker(directory);
        client = broker.client();
        listener = ServerSocketChannel.open().bind(ANY_PORT);
        far = Sockets.connectTcp((InetSocketAddress) listener.getLocalAddress());
        near = listener.accept();
    }

    @AfterEach
    void shouldLeaveNoDescriptor() throws IOException {
        far.close();
        near.close();
        listener.close();
        client.close();
        broker.close();
        Awaitility.await().until(() -> OwnedFd.openCount() == openBefore);
    }

    @Test
    void shouldHandOverAConnectionWithoutEndingIt() throws IOException {
        near.configureBlocking(false);
        client.transfer(TransferRequest.of(near, "one", "echo"));
        assertThat(near.isOpen()).isFalse();
        Connection.requireOpenAndQuiet(far);
        try (var back = client.reclaim("one")) {
            Connection.requireFlow(back.descriptor(), far, "alive");
        }
    }

    @Test
    void shouldHandOverListenersAndDatagramSockets() throws IOException {
        try (var datagrams = DatagramChannel.open().bind(ANY_PORT)) {
            client.transferAll(List.of(
                    TransferRequest.of(listener, "listener", "echo"),
                    TransferRequest.of(datagrams, "datagrams", "echo")));
            assertThat(listener.isOpen()).isFalse();
            assertThat(datagrams.isOpen()).isFalse();
            assertThat(broker.held).containsOnlyKeys("listener", "datagrams");
        }
    }

    @Test
    void shouldRefuseAChannelOfASelectorWhoseCloseWouldEndTheConnection() throws IOException {
        near.configureBlocking(false);
        try (var selector = Selector.open()) {
            near.register(selector, SelectionKey.OP_READ);
            assertThatIllegalStateException()
                    .isThrownBy(() -> client.transfer(TransferRequest.of(near, "one", "echo")))
                    .withMessageContaining("cancel its key");
        }
        assertThat(near.isOpen()).isTrue();
    }

    @Test
    void shouldLeaveTheChannelUsableAfterARefusal() throws IOException {
        broker.refusing = true;
        assertThatExceptionOfType(BrokerException.class)
                .isThrownBy(() -> client.transfer(TransferRequest.of(near, "one", "none")));
        near.write(ByteBuffer.wrap(new byte[] {'o', 'k'}));
        assertThat(Connection.receive(far, 2)).isEqualTo("ok");
    }

    @Test
    void shouldRefuseAClosedChannel() throws IOException {
        near.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> client.transfer(TransferRequest.of(near, "one", "echo")))
                .withMessageContaining("closed");
    }
}
