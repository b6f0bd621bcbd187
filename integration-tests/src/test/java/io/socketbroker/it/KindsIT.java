package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.Io;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKind;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of socket through the loop: given, woken, taken back. */
final class KindsIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private static void assumeIpV6(boolean needed) {
        if (!needed) {
            return;
        }
        boolean there = true;
        try (OwnedFd socket = Sockets.bindUdp(Link.loopback("::1"))) {
            assertThat(socket.isOpen()).isTrue();
        } catch (LinuxException e) {
            there = false;
        }
        assumeTrue(there, "this host has no ::1");
    }

    @ParameterizedTest
    @EnumSource
    void shouldWakeForAndGiveBackEveryKind(Kind kind) {
        assumeIpV6(kind.isV6());
        ProtocolClient client = broker.client();
        client.register("answer", broker.puppets().spec(Specs.rearm()));
        for (boolean nonBlocking : new boolean[] {true, false}) {
            Link link = broker.closeLater(kind.open(broker.home()));
            long cookie = SocketOptions.cookie(link.mine().fd());
            var local = Sockets.localEndpoint(link.mine().fd()).orElseThrow();
            DescriptorFlags.setNonBlocking(link.mine().fd(), nonBlocking);
            Socket parked = client.park(link.mine(), "answer", "s");
            assertThat(parked.getKind()).isEqualTo(kind.kind);
            assertThat(parked.getProtocol()).isEqualTo(kind.protocol);
            assertThat(parked.getCookie()).isEqualTo(cookie);
            assertThat(parked.getLocal().getText()).isEqualTo(local.toString());

            link.peer().send("question");
            Puppet handler = broker.puppets().next();
            assertThat(handler.cookie()).isEqualTo(cookie);
            assertThat(handler.tell("flags")).isEqualTo("blocking");
            assertThat(handler.tell("answer " + Puppet.hex("your "))).isEqualTo("ok");
            assertThat(link.peer().receive()).isEqualTo("your question");
            handler.exit(0);

            Await.parked(client, "s");
            OwnedFd back = broker.closeLater(client.reclaim("s").descriptor());
            assertThat(SocketOptions.cookie(back.fd())).isEqualTo(cookie);
            assertThat(DescriptorFlags.isNonBlocking(back.fd()))
                    .as("O_NONBLOCK as given")
                    .isEqualTo(nonBlocking);
            link.peer().send("still connected");
            byte[] buffer = new byte[32];
            DescriptorFlags.setNonBlocking(back.fd(), false);
            assertThat(Io.read(back.fd(), buffer)).isEqualTo(15);
            assertThat(client.socketIds()).isEmpty();
        }
    }

    @Test
    void shouldGiveTheFlagsAsTheyWereInOtherStyles() {
        ProtocolClient client = broker.client();
        client.register(
                "fds",
                broker.puppets()
                        .spec(LaunchStyle.LAUNCH_STYLE_LISTEN_FDS)
                        .setExitPolicy(Specs.rearm())
                        .build());
        Link link = broker.link();
        DescriptorFlags.setNonBlocking(link.mine().fd(), true);
        client.park(link.mine(), "fds", "s");
        link.peer().send("x");
        Puppet handler = broker.puppets().next();
        assertThat(handler.tell("flags")).isEqualTo("nonblocking");
    }

    static Stream<Arguments> listeners() {
        return Stream.of(
                Arguments.of(Sockets.AF_INET, Sockets.SOCK_STREAM, Endpoint.of(Link.loopback("127.0.0.1"))),
                Arguments.of(Sockets.AF_INET6, Sockets.SOCK_STREAM, Endpoint.of(Link.loopback("::1"))),
                Arguments.of(Sockets.AF_UNIX, Sockets.SOCK_STREAM, Kind.abstractName()),
                Arguments.of(Sockets.AF_UNIX, Sockets.SOCK_SEQPACKET, Kind.abstractName()),
                Arguments.of(Sockets.AF_UNIX, Sockets.SOCK_STREAM, new Endpoint.UnixPath("stream.sock")),
                Arguments.of(Sockets.AF_UNIX, Sockets.SOCK_SEQPACKET, new Endpoint.UnixPath("packet.sock")));
    }

    @ParameterizedTest
    @MethodSource("listeners")
    void shouldAcceptForAndGiveBackEveryListener(int domain, int type, Endpoint address) {
        assumeIpV6(domain == Sockets.AF_INET6);
        Endpoint bound = address instanceof Endpoint.UnixPath(String name)
                ? new Endpoint.UnixPath(broker.home().resolve(name).toString())
                : address;
        ProtocolClient client = broker.client();
        client.register("service", broker.puppets().spec(Specs.rearm()));
        OwnedFd listener = broker.closeLater(Sockets.open(domain, type, 0));
        Sockets.bind(listener.fd(), bound);
        Sockets.listen(listener.fd(), 4);
        Endpoint actual = Sockets.localEndpoint(listener.fd()).orElseThrow();
        long cookie = SocketOptions.cookie(listener.fd());
        Socket parked = client.park(listener, "service", "listener");
        assertThat(parked.getKind()).isEqualTo(SocketKind.SOCKET_KIND_LISTENER);
        assertThat(parked.getCookie()).isEqualTo(cookie);
        assertThat(parked.getLocal().getText()).isEqualTo(actual.toString());

        Wire connection = connect(domain, type, actual);
        connection.send("question");
        Puppet handler = broker.puppets().next();
        assertThat(handler.env("REASON")).isEqualTo("CONNECTION_ACCEPTED");
        assertThat(handler.env("SOCKET_ID")).isEqualTo("listener:1");
        assertThat(client.socket("listener:1").getListenerId()).isEqualTo("listener");
        assertThat(handler.tell("answer " + Puppet.hex("your "))).isEqualTo("ok");
        assertThat(connection.receive()).isEqualTo("your question");

        OwnedFd back = broker.closeLater(client.reclaim("listener").descriptor());
        assertThat(SocketOptions.cookie(back.fd())).isEqualTo(cookie);
        assertThat(DescriptorFlags.isNonBlocking(back.fd())).isFalse();
        Wire second = connect(domain, type, actual);
        try (Wire accepted = new Wire(Sockets.accept(back.fd(), false).orElseThrow())) {
            second.send("ours again");
            assertThat(accepted.receive()).isEqualTo("ours again");
        }
        // The connection that the broker accepted lives without its listener.
        connection.send("more");
        handler.expectReceived("more");
    }

    private static Wire connect(int domain, int type, Endpoint address) {
        Wire connection = broker.closeLater(new Wire(Sockets.open(domain, type, 0)));
        Sockets.connect(connection.fd(), address);
        return connection;
    }
}
