package io.socketbroker.linux;

import static io.socketbroker.linux.Failures.assertFails;
import static io.socketbroker.linux.Texts.bytes;
import static io.socketbroker.linux.Texts.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SocketsUnixTest {

    @TempDir
    Path directory;

    private final byte[] buffer = new byte[64];

    @ParameterizedTest
    @ValueSource(ints = {Sockets.SOCK_STREAM, Sockets.SOCK_SEQPACKET})
    void shouldConnectAcceptAndTalk(int type) {
        var path = directory.resolve("broker.sock");
        try (var listener = Sockets.listenUnix(path, type, 8);
                var client = Sockets.connectUnix(path, type);
                var server = Sockets.accept(listener.fd(), true).orElseThrow()) {
            assertThat(Sockets.send(client.fd(), bytes("hello"), 0, 5)).isEqualTo(5);
            assertThat(Sockets.receive(server.fd(), buffer)).isEqualTo(5);
            assertThat(text(buffer, 5)).isEqualTo("hello");
            assertThat(Sockets.localEndpoint(server.fd())).contains(new Endpoint.UnixPath(path.toString()));
            assertThat(Sockets.peerEndpoint(client.fd())).contains(new Endpoint.UnixPath(path.toString()));
            assertThat(Sockets.peerEndpoint(server.fd())).contains(new Endpoint.UnixUnnamed());
            assertThat(Sockets.localEndpoint(client.fd())).contains(new Endpoint.UnixUnnamed());
        }
    }

    @Test
    void shouldUseAbstractNames() {
        var name = new Endpoint.UnixAbstract(
                "socketbroker-test-" + ProcessHandle.current().pid() + "\0\u00fe");
        try (var listener = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_STREAM, 0);
                var client = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_STREAM, 0)) {
            Sockets.bind(listener.fd(), name);
            Sockets.listen(listener.fd(), 1);
            Sockets.connect(client.fd(), name);
            assertThat(Sockets.localEndpoint(listener.fd())).contains(name);
            assertThat(Sockets.peerEndpoint(client.fd())).contains(name);
        }
    }

    @Test
    void shouldLetTheKernelChooseAName() {
        try (var socket = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_DGRAM, 0)) {
            assertThat(Sockets.localEndpoint(socket.fd())).contains(new Endpoint.UnixUnnamed());
            assertThat(Sockets.peerEndpoint(socket.fd())).isEmpty();
            Sockets.bind(socket.fd(), new Endpoint.UnixUnnamed());
            assertThat(Sockets.localEndpoint(socket.fd()).orElseThrow()).isInstanceOf(Endpoint.UnixAbstract.class);
        }
    }

    @Test
    void shouldAcceptPathsUpToTheLimit() throws Exception {
        var room = SocketAddressCodec.MAXIMUM_PATH_BYTES - directory.toString().length() - 1;
        var path = directory.resolve("s".repeat(room));
        try (var listener = Sockets.listenUnix(path, Sockets.SOCK_STREAM, 1);
                var client = Sockets.connectUnix(path, Sockets.SOCK_STREAM)) {
            assertThat(Files.exists(path)).isTrue();
            assertThat(Sockets.localEndpoint(listener.fd())).contains(new Endpoint.UnixPath(path.toString()));
            assertThat(Sockets.peerEndpoint(client.fd())).contains(new Endpoint.UnixPath(path.toString()));
        }
        var tooLong = directory.resolve("s".repeat(room + 1));
        assertFails(Errno.ENAMETOOLONG, () -> Sockets.listenUnix(tooLong, Sockets.SOCK_STREAM, 1))
                .satisfies(e -> assertThat(e).hasMessageContaining(tooLong.toString()));
        assertFails(Errno.ENAMETOOLONG, () -> Sockets.connectUnix(tooLong, Sockets.SOCK_STREAM));
    }

    @Test
    void shouldTellWhyAPathCannotBeReached() {
        var path = directory.resolve("broker.sock");
        assertFails(Errno.ENOENT, () -> Sockets.connectUnix(path, Sockets.SOCK_STREAM))
                .satisfies(e -> assertThat(e).hasMessageContaining("to unix:" + path));
        Sockets.listenUnix(path, Sockets.SOCK_STREAM, 1).close();
        assertFails(Errno.ECONNREFUSED, () -> Sockets.connectUnix(path, Sockets.SOCK_STREAM));
        assertFails(Errno.EADDRINUSE, () -> Sockets.listenUnix(path, Sockets.SOCK_STREAM, 1));
    }

    @Test
    void shouldRefuseTheWrongType() {
        var path = directory.resolve("broker.sock");
        try (var listener = Sockets.listenUnix(path, Sockets.SOCK_SEQPACKET, 1)) {
            assertFails(Errno.EPROTOTYPE, () -> Sockets.connectUnix(path, Sockets.SOCK_STREAM));
            assertThat(SocketOptions.isListening(listener.fd())).isTrue();
        }
    }

    @Test
    void shouldMakePairsOfEachType() {
        for (int type : new int[] {Sockets.SOCK_STREAM, Sockets.SOCK_DGRAM, Sockets.SOCK_SEQPACKET}) {
            try (var pair = Sockets.pair(type)) {
                assertThat(SocketOptions.type(pair.first().fd())).isEqualTo(type);
                assertThat(DescriptorFlags.isCloseOnExec(pair.first().fd())).isTrue();
                assertThat(DescriptorFlags.isCloseOnExec(pair.second().fd())).isTrue();
                assertThat(Sockets.send(pair.first().fd(), buffer, 0, 7)).isEqualTo(7);
                assertThat(Sockets.receive(pair.second().fd(), buffer)).isEqualTo(7);
            }
        }
        assertFails(Errno.EINVAL, () -> Sockets.pair(77));
    }

    @Test
    void shouldShowAClosedPeer() {
        try (var pair = Sockets.pair(Sockets.SOCK_STREAM)) {
            pair.second().close();
            assertThat(Sockets.peek(pair.first().fd(), buffer)).isZero();
            assertFails(Errno.EPIPE, () -> Sockets.send(pair.first().fd(), buffer, 0, 1));
        }
    }
}
