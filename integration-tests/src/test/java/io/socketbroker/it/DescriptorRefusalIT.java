package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.EventFd;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.NullDevice;
import io.socketbroker.linux.OpenDescriptors;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Pipes;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.TransferOwnershipRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Descriptors that the broker does not take, each with its status, reason and field. */
final class DescriptorRefusalIT {
    private static final int AF_NETLINK = 16;
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int IPPROTO_ICMP = 1;

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;
    private Bystander bystander;

    @BeforeEach
    void connect() {
        client = broker.client();
        client.register("task", Specs.command("/bin/cat"));
        bystander = Bystander.park(broker);
    }

    @AfterEach
    void othersAreServed() {
        bystander.expectServed();
    }

    /** Makes a descriptor that is at fault. */
    interface Faulty {
        Fd open(BrokerFixture broker);
    }

    private static Arguments row(String what, Code code, String reason, Faulty faulty) {
        return Arguments.argumentSet(what, code, reason, faulty);
    }

    private static Faulty socket(int domain, int type, int protocol) {
        return broker -> broker.closeLater(Sockets.open(domain, type, protocol)).fd();
    }

    static Stream<Arguments> descriptors() {
        return Stream.of(
                row(
                        "pipe",
                        Code.INVALID_ARGUMENT,
                        "NOT_A_SOCKET",
                        broker -> broker.closeLater(Pipes.create()).readEnd().fd()),
                row(
                        "eventfd",
                        Code.INVALID_ARGUMENT,
                        "NOT_A_SOCKET",
                        broker -> broker.closeLater(new EventFd()).fd()),
                row("file", Code.INVALID_ARGUMENT, "NOT_A_SOCKET", DescriptorRefusalIT::ofFile),
                row(
                        "device",
                        Code.INVALID_ARGUMENT,
                        "NOT_A_SOCKET",
                        broker -> broker.closeLater(NullDevice.open()).fd()),
                row(
                        "netlink",
                        Code.INVALID_ARGUMENT,
                        "SOCKET_KIND_UNSUPPORTED",
                        socket(AF_NETLINK, Sockets.SOCK_DGRAM, 0)),
                row(
                        "raw",
                        Code.INVALID_ARGUMENT,
                        "SOCKET_KIND_UNSUPPORTED",
                        broker -> privileged(broker, Sockets.AF_INET, SOCK_RAW, IPPROTO_ICMP)),
                row(
                        "packet",
                        Code.INVALID_ARGUMENT,
                        "SOCKET_KIND_UNSUPPORTED",
                        broker -> privileged(broker, AF_PACKET, Sockets.SOCK_DGRAM, 0)),
                row(
                        "unconnected TCP",
                        Code.FAILED_PRECONDITION,
                        "SOCKET_NOT_USABLE",
                        socket(Sockets.AF_INET, Sockets.SOCK_STREAM, 0)),
                row("bound TCP that does not listen", Code.FAILED_PRECONDITION, "SOCKET_NOT_USABLE", broker -> {
                    OwnedFd bound = broker.closeLater(Sockets.open(Sockets.AF_INET, Sockets.SOCK_STREAM, 0));
                    Sockets.bind(bound.fd(), Endpoint.of(Link.loopback("127.0.0.1")));
                    return bound.fd();
                }),
                row("TCP after a reset", Code.FAILED_PRECONDITION, "SOCKET_NOT_USABLE", broker -> {
                    Link link = broker.link();
                    link.peer().reset();
                    return link.mine().fd();
                }),
                row(
                        "unbound UDP",
                        Code.FAILED_PRECONDITION,
                        "SOCKET_NOT_USABLE",
                        socket(Sockets.AF_INET, Sockets.SOCK_DGRAM, 0)),
                row(
                        "unbound unix datagram",
                        Code.FAILED_PRECONDITION,
                        "SOCKET_NOT_USABLE",
                        socket(Sockets.AF_UNIX, Sockets.SOCK_DGRAM, 0)),
                row(
                        "unconnected unix stream",
                        Code.FAILED_PRECONDITION,
                        "SOCKET_NOT_USABLE",
                        socket(Sockets.AF_UNIX, Sockets.SOCK_STREAM, 0)),
                row(
                        "connection to fd.sock",
                        Code.PERMISSION_DENIED,
                        "SOCKET_FORBIDDEN",
                        broker -> toBroker(broker, "fd.sock", Sockets.SOCK_SEQPACKET)),
                row(
                        "connection to grpc.sock",
                        Code.PERMISSION_DENIED,
                        "SOCKET_FORBIDDEN",
                        broker -> toBroker(broker, "grpc.sock", Sockets.SOCK_STREAM)));
    }

    /** The JVM does not tell the numbers of its files, but /proc does. */
    private static Fd ofFile(BrokerFixture broker) {
        Path file = broker.home().resolve("file");
        try {
            broker.closeLater(FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return OpenDescriptors.ofThisProcess().entrySet().stream()
                .filter(entry -> entry.getValue().equals(file.toString()))
                .map(entry -> new Fd(entry.getKey()))
                .findFirst()
                .orElseThrow();
    }

    private static Fd privileged(BrokerFixture broker, int domain, int type, int protocol) {
        try {
            return socket(domain, type, protocol).open(broker);
        } catch (LinuxException e) {
            Assumptions.abort("only root may make this socket: " + e.getMessage());
            throw e;
        }
    }

    private static Fd toBroker(BrokerFixture broker, String name, int type) {
        Path socket = broker.process().runtimeDirectory().resolve(name);
        return broker.closeLater(Sockets.connectUnix(socket, type)).fd();
    }

    @ParameterizedTest
    @MethodSource("descriptors")
    void shouldRefuse(Code code, String reason, Faulty faulty) {
        Fd descriptor = faulty.open(broker);
        Refusal refusal = Refusal.of(() -> client.transfer(descriptor, ProtocolClient.item("task", "s")));
        refusal.expect(code, reason, "items[0]");
        refusal.expectSameIn(client.fdSock().transfer(ProtocolClient.item("task", "s"), descriptor));
        assertThat(refusal.metadata()).containsEntry("index", "0").containsEntry("socket_id", "s");
        assertThat(refusal.items()).singleElement().satisfies(item -> {
            assertThat(item.getField()).isEqualTo("items[0]");
            assertThat(item.getReason().name()).isEqualTo("ERROR_REASON_" + reason);
        });
        assertThat(client.socketIds()).containsExactly("bystander");
    }

    @Test
    void shouldRefuseAUnixSocketWithUnreadDescriptorsUntilTheyAreRead() {
        Link link = broker.closeLater(Link.unix(Sockets.SOCK_STREAM));
        Link passenger = broker.link();
        try (DescriptorChannel channel = new DescriptorChannel(16)) {
            channel.send(
                    link.peer().fd(), new byte[] {1}, List.of(passenger.mine().fd()));
            Refusal.of(() -> client.transfer(link.mine().fd(), ProtocolClient.item("task", "s")))
                    .expect(Code.PERMISSION_DENIED, "SOCKET_FORBIDDEN", "items[0]");
            var message = (DescriptorChannel.Received.Message)
                    channel.receive(link.mine().fd());
            message.close();
            client.transfer(link.mine().fd(), ProtocolClient.item("task", "s"));
        }
        assertThat(client.socketIds()).contains("s");
    }

    @Test
    void shouldTakeNothingOfABatchWithOneFaultyDescriptor() {
        Link good = broker.link();
        Pipes.Pipe pipe = broker.closeLater(Pipes.create());
        OwnedFd unconnected = broker.closeLater(Sockets.open(Sockets.AF_INET, Sockets.SOCK_STREAM, 0));
        List<Fd> descriptors = List.of(good.mine().fd(), pipe.readEnd().fd(), unconnected.fd());
        TransferOwnershipRequest.Builder batch = TransferOwnershipRequest.newBuilder()
                .addItems(ProtocolClient.item("task", "good"))
                .addItems(ProtocolClient.item("task", "pipe"))
                .addItems(ProtocolClient.item("task", "unconnected"));
        Refusal refusal = Refusal.of(() -> client.transfer(descriptors, batch.clone()));
        refusal.expectSameIn(client.fdSock().transfer(batch, descriptors.toArray(Fd[]::new)));
        refusal.expect(Code.INVALID_ARGUMENT, "NOT_A_SOCKET", "items[1]");
        assertThat(refusal.items())
                .extracting(item -> item.getIndex() + " " + item.getSocketId() + " " + item.getReason())
                .containsExactly("1 pipe ERROR_REASON_NOT_A_SOCKET", "2 unconnected ERROR_REASON_SOCKET_NOT_USABLE");
        assertThat(client.socketIds()).containsExactly("bystander");
        good.exchange();
        client.park(good.mine(), "task", "good");
    }
}
