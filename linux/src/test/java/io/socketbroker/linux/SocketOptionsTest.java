package io.socketbroker.linux;

import static io.socketbroker.linux.Failures.LOOPBACK_4;
import static io.socketbroker.linux.Failures.assertFails;
import static io.socketbroker.linux.Failures.assumeIpv6;
import static io.socketbroker.linux.Failures.closeNow;
import static io.socketbroker.linux.Failures.local;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SocketOptionsTest {

    @Test
    void shouldTellWhatASocketIs() {
        try (var tcp = Sockets.listenTcp(LOOPBACK_4, 1);
                var udp = Sockets.bindUdp(LOOPBACK_4);
                var unix = Sockets.pair(Sockets.SOCK_SEQPACKET)) {
            assertThat(kind(tcp)).containsExactly(Sockets.AF_INET, Sockets.SOCK_STREAM, Sockets.IPPROTO_TCP);
            assertThat(kind(udp)).containsExactly(Sockets.AF_INET, Sockets.SOCK_DGRAM, Sockets.IPPROTO_UDP);
            assertThat(kind(unix.first())).containsExactly(Sockets.AF_UNIX, Sockets.SOCK_SEQPACKET, 0);
            assertThat(SocketOptions.isListening(tcp.fd())).isTrue();
            assertThat(SocketOptions.isListening(udp.fd())).isFalse();
        }
    }

    private static int[] kind(OwnedFd socket) {
        return new int[] {
            SocketOptions.domain(socket.fd()), SocketOptions.type(socket.fd()), SocketOptions.protocol(socket.fd())
        };
    }

    @Test
    void shouldTellSocketsApartByTheirCookie() {
        try (var pair = Sockets.pair(Sockets.SOCK_STREAM);
                var duplicate = pair.first().duplicate()) {
            long cookie = SocketOptions.cookie(pair.first().fd());
            assertThat(cookie).isNotZero().isEqualTo(SocketOptions.cookie(duplicate.fd()));
            assertThat(SocketOptions.cookie(pair.second().fd())).isNotEqualTo(cookie);
        }
    }

    @Test
    void shouldTakeThePendingErrorOnce() {
        try (var server = Sockets.bindUdp(LOOPBACK_4);
                var client = Sockets.bindUdp(LOOPBACK_4)) {
            Sockets.connect(client.fd(), Endpoint.of(local(server)));
            closeNow(server);
            assertThat(SocketOptions.takeError(client.fd())).isZero();
            Sockets.send(client.fd(), new byte[1], 0, 1); // answered by ICMP port unreachable
            await().until(() -> SocketOptions.takeError(client.fd()) == Errno.ECONNREFUSED);
            assertThat(SocketOptions.takeError(client.fd())).isZero();
        }
    }

    @Test
    void shouldNameThePeer() throws Exception {
        try (var pair = Sockets.pair(Sockets.SOCK_STREAM)) {
            assertThat(SocketOptions.peerCredentials(pair.first().fd()))
                    .isEqualTo(new PeerCredentials(
                            Math.toIntExact(ProcessHandle.current().pid()), Users.uid(), Users.gid()));
            var groups = Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("Groups:"))
                    .flatMap(line -> Arrays.stream(line.substring(7).strip().split("\\s+")))
                    .filter(group -> !group.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
            assertThat(SocketOptions.peerGroups(pair.first().fd())).containsExactlyInAnyOrder(groups);
        }
    }

    @Test
    void shouldGrowForManyPeerGroups(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(Users.uid() == 0, "only root may choose its groups");
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "setpriv is not installed");
        var path = directory.resolve("groups.sock");
        var groups = IntStream.range(1000, 1150).mapToObj(Integer::toString).collect(Collectors.joining(","));
        try (var listener = Sockets.listenUnix(path, Sockets.SOCK_STREAM, 1)) {
            var command = ForkedJvm.command(ConnectMain.class, List.of(), path.toString());
            command.addAll(0, List.of("/usr/bin/setpriv", "--groups", groups));
            var process = new ProcessBuilder(command).inheritIO().start();
            SocketOptions.setReceiveTimeout(listener.fd(), Duration.ofSeconds(30));
            try (var server = Sockets.accept(listener.fd(), false).orElseThrow()) {
                assertThat(SocketOptions.peerGroups(server.fd())).hasSize(150).contains(1000, 1149);
            }
            assertThat(process.waitFor()).isZero();
        }
    }

    /** Connects and waits for the end of the connection. */
    static final class ConnectMain {
        private ConnectMain() {}

        public static void main(String[] arguments) {
            try (var socket = Sockets.connectUnix(Path.of(arguments[0]), Sockets.SOCK_STREAM)) {
                Io.read(socket.fd(), new byte[1]);
            }
        }
    }

    @Test
    void shouldHaveNoPeerOnASocketOfItsOwn() {
        try (var alone = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_STREAM, 0)) {
            assertFails(Errno.ENODATA, () -> SocketOptions.peerGroups(alone.fd()));
            assertThat(SocketOptions.peerCredentials(alone.fd())).isEqualTo(new PeerCredentials(0, -1, -1));
        }
    }

    @Test
    void shouldSetTheLowWaterMark() {
        try (var pair = Sockets.pair(Sockets.SOCK_STREAM)) {
            assertThat(SocketOptions.receiveLowWater(pair.first().fd())).isEqualTo(1);
            SocketOptions.setReceiveLowWater(pair.first().fd(), 4);
            assertThat(SocketOptions.receiveLowWater(pair.first().fd())).isEqualTo(4);
        }
    }

    @Test
    void shouldSetFlags() {
        try (var tcp = Sockets.open(Sockets.AF_INET, Sockets.SOCK_STREAM, 0)) {
            SocketOptions.setKeepAlive(tcp.fd(), true);
            assertThat(option(tcp, Abi.SOL_SOCKET, Abi.SO_KEEPALIVE)).isEqualTo(1);
            SocketOptions.setReuseAddress(tcp.fd(), true);
            assertThat(option(tcp, Abi.SOL_SOCKET, Abi.SO_REUSEADDR)).isEqualTo(1);
            SocketOptions.setNoDelay(tcp.fd(), true);
            assertThat(option(tcp, Sockets.IPPROTO_TCP, Abi.TCP_NODELAY)).isEqualTo(1);
            SocketOptions.setNoDelay(tcp.fd(), false);
            assertThat(option(tcp, Sockets.IPPROTO_TCP, Abi.TCP_NODELAY)).isZero();
            assertThat(SocketOptions.isLingering(tcp.fd())).isFalse();
            SocketOptions.setLinger(tcp.fd(), true, 0);
            assertThat(SocketOptions.isLingering(tcp.fd())).as("a reset").isFalse();
            SocketOptions.setLinger(tcp.fd(), true, 7);
            assertThat(SocketOptions.isLingering(tcp.fd())).isTrue();
            assertThat(option(tcp, Abi.SOL_SOCKET, Abi.SO_LINGER)).isEqualTo(1);
            assertThat(ThreadMemory.current().option().getInt(4)).isEqualTo(7);
            assertFails(Errno.ENOPROTOOPT, () -> SocketOptions.setV6Only(tcp.fd(), true));
        }
        try (var unix = Sockets.pair(Sockets.SOCK_STREAM)) {
            assertFails(
                    Errno.EOPNOTSUPP,
                    () -> SocketOptions.setNoDelay(unix.first().fd(), true));
        }
    }

    @Test
    void shouldSetV6Only() {
        assumeIpv6();
        try (var v6 = Sockets.open(Sockets.AF_INET6, Sockets.SOCK_STREAM, 0)) {
            SocketOptions.setV6Only(v6.fd(), true);
            assertThat(option(v6, Abi.IPPROTO_IPV6, Abi.IPV6_V6ONLY)).isEqualTo(1);
            SocketOptions.setV6Only(v6.fd(), false);
            assertThat(option(v6, Abi.IPPROTO_IPV6, Abi.IPV6_V6ONLY)).isZero();
        }
    }

    private static int option(OwnedFd socket, int level, int option) {
        var memory = ThreadMemory.current();
        memory.optionLength().setInt(0, 8);
        int result = LibcOptions.GETSOCKOPT.call(
                socket.number(),
                level,
                option,
                memory.option().address(),
                memory.optionLength().address());
        assertThat(result).isZero();
        return memory.option().getInt(0);
    }

    @Test
    void shouldLimitABlockingCallByATimeout() {
        try (var pair = Sockets.pair(Sockets.SOCK_STREAM)) {
            SocketOptions.setReceiveTimeout(pair.first().fd(), Duration.ofMillis(30));
            long start = System.nanoTime();
            assertThat(Io.read(pair.first().fd(), new byte[1])).isEqualTo(Io.WOULD_BLOCK);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(25));
            SocketOptions.setSendTimeout(pair.first().fd(), Duration.ofNanos(1));
            assertThat(option(pair.first(), Abi.SOL_SOCKET, Abi.SO_RCVTIMEO)).isZero(); // seconds
            int written;
            do {
                written = Io.write(pair.first().fd(), new byte[8192], 0, 8192);
            } while (written > 0);
            assertThat(written).isEqualTo(Io.WOULD_BLOCK);
            assertThatThrownBy(() -> SocketOptions.setSendTimeout(pair.first().fd(), Duration.ofSeconds(-1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldFollowTheStateOfATcpConnection() {
        try (var listener = Sockets.listenTcp(LOOPBACK_4, 1);
                var client = Sockets.connectTcp(local(listener));
                var server = Sockets.accept(listener.fd(), false).orElseThrow();
                var unused = Sockets.open(Sockets.AF_INET, Sockets.SOCK_STREAM, 0)) {
            assertThat(state(listener)).isEqualTo(TcpState.LISTEN);
            assertThat(state(unused)).isEqualTo(TcpState.CLOSE);
            assertThat(state(client)).isEqualTo(TcpState.ESTABLISHED);
            closeNow(client);
            await().until(() -> state(server) == TcpState.CLOSE_WAIT);
        }
        try (var udp = Sockets.bindUdp(LOOPBACK_4)) {
            assertFails(Errno.EOPNOTSUPP, () -> SocketOptions.tcpState(udp.fd()));
        }
    }

    @Test
    void shouldKnowEachStateByItsCode() {
        for (TcpState state : TcpState.values()) {
            assertThat(TcpState.fromCode(state.code())).isEqualTo(state);
        }
        assertThat(TcpState.fromCode(13)).isEqualTo(TcpState.UNKNOWN);
        assertThat(TcpState.fromCode(-1)).isEqualTo(TcpState.UNKNOWN);
    }

    private static TcpState state(OwnedFd socket) {
        return TcpState.fromCode(SocketOptions.tcpState(socket.fd()));
    }
}
