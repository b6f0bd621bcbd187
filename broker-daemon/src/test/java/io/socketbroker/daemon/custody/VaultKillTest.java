package io.socketbroker.daemon.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.PidFd;
import io.socketbroker.linux.Signals;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of broker and vault in turn: every connection goes on carrying bytes. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VaultKillTest {
    private static final int CONNECTIONS = 300;
    private static final Duration SOON = Duration.ofSeconds(30);

    private final int before = OwnedFd.openCount();
    private final List<OwnedFd> peers = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void shouldLeaveNoDescriptor() {
        peers.forEach(OwnedFd::close);
        assertThat(OwnedFd.openCount()).isEqualTo(before);
    }

    private Path socket() {
        return folder.resolve("vault.sock");
    }

    /** Of whoever listens on the socket. */
    private int vaultPid() {
        try (RawClient client = RawClient.connect(socket())) {
            return SocketOptions.peerCredentials(client.fd()).pid();
        }
    }

    private static void kill(int pid) {
        try (OwnedFd pidfd = PidFd.open(pid)) {
            PidFd.sendSignal(pidfd.fd(), Signals.SIGKILL);
        }
    }

    private KilledBroker brokerWithConnections() throws IOException {
        try (OwnedFd listener =
                Sockets.listenTcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), CONNECTIONS)) {
            int port = ((Endpoint.Inet) Sockets.localEndpoint(listener.fd()).orElseThrow()).port();
            KilledBroker broker = KilledBroker.start(socket(), port, CONNECTIONS);
            for (int i = 0; i < CONNECTIONS; i++) {
                peers.add(Sockets.accept(listener.fd(), false).orElseThrow());
            }
            return broker;
        }
    }

    private static void exchange(Fd one, Fd other, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(Sockets.send(one, bytes, 0, bytes.length)).isEqualTo(bytes.length);
        byte[] received = new byte[bytes.length];
        await().pollDelay(Duration.ZERO)
                .atMost(SOON)
                .until(() -> Sockets.receive(other, received) != Sockets.WOULD_BLOCK);
        assertThat(received).isEqualTo(bytes);
    }

    private void assertAllRecovered() throws IOException {
        VaultCustody successor = new VaultCustody(socket(), new NoStarter(), VaultSettings.DEFAULT);
        Recovery recovery = successor.recover();
        successor.close();
        assertThat(recovery.problems()).isEmpty();
        assertThat(recovery.sockets()).hasSize(CONNECTIONS);
        for (int i = 0; i < CONNECTIONS; i++) {
            Recovered socket = recovery.sockets().get(i);
            assertThat(socket.slot().index()).isEqualTo(i);
            exchange(peers.get(i).fd(), socket.descriptor().fd(), "question " + i);
            exchange(socket.descriptor().fd(), peers.get(i).fd(), "answer " + i);
            socket.descriptor().close();
        }
    }

    @Test
    void shouldOutliveItsBroker() throws IOException {
        brokerWithConnections().close();
        assertAllRecovered();
        // Nothing of it changes what the vault holds.
        assertAllRecovered();
        kill(vaultPid());
    }

    @Test
    void shouldBeStartedAndFilledAgainByItsBroker() throws IOException {
        KilledBroker broker = brokerWithConnections();
        try (broker) {
            for (int round = 0; round < 3; round++) {
                int former = vaultPid();
                kill(former);
                await().atMost(SOON).until(() -> {
                    try {
                        return vaultPid() != former;
                    } catch (LinuxException _) {
                        return false;
                    }
                });
                broker.awaitWhole();
            }
        }
        assertAllRecovered();
        kill(vaultPid());
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(peers)
                        .as("with its last holder each connection ends")
                        .allSatisfy(peer ->
                                assertThat(Sockets.peek(peer.fd(), new byte[1])).isZero()));
    }
}
