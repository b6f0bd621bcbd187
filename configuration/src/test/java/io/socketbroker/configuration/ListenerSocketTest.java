package io.socketbroker.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.Socket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ListenerSocketTest {
    @TempDir
    private Path folder = Path.of("/nonexistent");

    private int openBefore;

    @BeforeEach
    void countDescriptors() {
        openBefore = OwnedFd.openCount();
    }

    @AfterEach
    void shouldLeakNothing() {
        assertThat(OwnedFd.openCount()).isEqualTo(openBefore);
    }

    private ListenerDeclaration declared(String address, String more) throws IOException {
        Path file = folder.resolve("x.toml");
        Files.writeString(
                file,
                "[[task]]\nname='t'\nsessions-only=true\n[[listener]]\nid='l'\ntask='t'\naddress='" + address + "'\n"
                        + more);
        return ConfigurationReader.read(new ConfigurationPlace(file, true))
                .listeners()
                .getFirst();
    }

    private static OwnedFd open(ListenerDeclaration listener) throws IOException {
        return ListenerSocket.open(listener, listener.address().resolve());
    }

    @Test
    void shouldListenOnTcpAndKnowItAgain() throws IOException {
        ListenerDeclaration any = declared("tcp:127.0.0.1:0", "");
        try (OwnedFd socket = open(any)) {
            assertThat(SocketOptions.isListening(socket.fd())).isTrue();
            Endpoint.Inet local =
                    (Endpoint.Inet) Sockets.localEndpoint(socket.fd()).orElseThrow();
            ListenerDeclaration same = declared("tcp:localhost:" + local.port(), "backlog = 5");
            assertThatThrownBy(() -> open(same))
                    .isInstanceOfSatisfying(
                            LinuxException.class,
                            failure -> assertThat(failure.errno()).isEqualTo(Errno.EADDRINUSE));
            ListenerSocket.tune(socket.fd(), same);
            Socket brokered = brokered("tcp", local);
            assertThat(same.isAt(brokered, same.address().resolve())).isTrue();
            assertThat(any.isAt(brokered, any.address().resolve())).isTrue();
            ListenerDeclaration other = declared("tcp:127.0.0.2:" + local.port(), "");
            assertThat(other.isAt(brokered, other.address().resolve())).isFalse();
            ListenerDeclaration udp = declared("udp:127.0.0.1:" + local.port(), "");
            assertThat(udp.isAt(brokered, udp.address().resolve())).isFalse();
        }
    }

    private static Socket brokered(String protocol, Endpoint.Inet local) {
        return Socket.newBuilder()
                .setProtocol(protocol)
                .setLocal(io.socketbroker.v1.Endpoint.newBuilder()
                        .setText(local.toString())
                        .setAddress(local.address().getHostAddress())
                        .setPort(local.port()))
                .build();
    }

    @Test
    void shouldShareAPort() throws IOException {
        try (OwnedFd first = open(declared("udp:127.0.0.1:0", "reuse-port = true"))) {
            Endpoint.Inet local =
                    (Endpoint.Inet) Sockets.localEndpoint(first.fd()).orElseThrow();
            open(declared("udp:127.0.0.1:" + local.port(), "reuse-port = true")).close();
        }
    }

    @Test
    void shouldTakeOverAPathThatNobodyHasOpen() throws IOException {
        Path path = folder.resolve("s");
        ListenerDeclaration listener = declared("unix-seqpacket:" + path, "mode = '0660'");
        open(listener).close();
        assertThat(path).exists();
        try (OwnedFd again = open(listener)) {
            assertThat(SocketOptions.type(again.fd())).isEqualTo(Sockets.SOCK_SEQPACKET);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-rw----");
            assertThatThrownBy(() -> open(listener)).isInstanceOf(LinuxException.class);
            ListenerSocket.removePath("unix:" + path);
            assertThat(path).as("somebody listens there").exists();
            assertThat(Sockets.accept(nonBlocking(again).fd(), true))
                    .as("nobody was woken")
                    .isEmpty();
        }
        ListenerSocket.removePath("unix:" + path);
        assertThat(path).doesNotExist();
    }

    private static OwnedFd nonBlocking(OwnedFd socket) {
        io.socketbroker.linux.DescriptorFlags.setNonBlocking(socket.fd(), true);
        return socket;
    }

    @Test
    void shouldLeaveAFileAlone() throws IOException {
        Path path = Files.writeString(folder.resolve("file"), "text");
        assertThatThrownBy(() -> open(declared("unix:" + path, "")))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        failure -> assertThat(failure.errno()).isEqualTo(Errno.EADDRINUSE));
        assertThat(path).hasContent("text");
    }

    @Test
    void shouldBindAbstractNamesAndDatagrams() throws IOException {
        open(declared("unix:@sb-configuration-test-" + ProcessHandle.current().pid(), ""))
                .close();
        try (OwnedFd datagrams = open(declared("unix-datagram:" + folder.resolve("d"), ""))) {
            assertThat(SocketOptions.type(datagrams.fd())).isEqualTo(Sockets.SOCK_DGRAM);
        }
    }
}
