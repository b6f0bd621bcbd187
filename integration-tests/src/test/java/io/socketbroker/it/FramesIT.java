package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.Claim;
import io.socketbroker.v1.Delivery;
import io.socketbroker.v1.Deposited;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.Hello;
import io.socketbroker.v1.Released;
import io.socketbroker.v1.TransferOwnershipResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that send what is no frame, or nothing at all, while others are served. */
final class FramesIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private Bystander bystander;

    @BeforeEach
    void parkBystander() {
        bystander = Bystander.park(broker);
    }

    @AfterEach
    void othersAreServed() {
        bystander.expectServed();
    }

    private static FdConnection connect() {
        return broker.closeLater(new FdConnection(broker.process().runtimeDirectory()));
    }

    private static byte[] bytes(FdFrame.Builder frame) {
        return frame.build().toByteArray();
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.argumentSet("garbage", (Object) "\u007fnot a frame".getBytes(StandardCharsets.US_ASCII)),
                Arguments.argumentSet(
                        "a request of HTTP", (Object) "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
                Arguments.argumentSet("cut short", (Object) new byte[] {0x1a, 0x7f, 0x0a}),
                Arguments.argumentSet(
                        "no body", (Object) bytes(FdFrame.newBuilder().setRequestId(7))),
                Arguments.argumentSet("longer than 160 KiB", (Object) new byte[165 * 1024]),
                // Field 100, of length 0.
                Arguments.argumentSet("a field that nobody knows", (Object) new byte[] {(byte) 0xa2, 0x06, 0x00}));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void shouldAnswerWhatIsNoFrameAndClose(byte[] message) {
        FdConnection connection = connect();
        connection.sendBytes(message, List.of());
        FdFrame answer = connection.receive().frame();
        assertThat(answer.getError().getReason()).isEqualTo(ErrorReason.ERROR_REASON_MALFORMED_FRAME);
        assertThat(answer.getError().getField()).isEqualTo("frame");
        connection.expectClosed();
    }

    @Test
    void shouldCloseDescriptorsThatCameWithGarbage() {
        FdConnection connection = connect();
        Link link = broker.link();
        List<Fd> descriptors = List.of(link.mine().fd(), link.mine().fd());
        connection.sendBytes(new byte[] {0x7f}, descriptors);
        assertThat(connection.receive().frame().hasError()).isTrue();
        FdConnection second = connect();
        second.send(FdFrame.newBuilder().setClaim(Claim.getDefaultInstance()), descriptors);
        assertThat(second.receive().frame().getError().getReason()).isEqualTo(ErrorReason.ERROR_REASON_MALFORMED_FRAME);
        link.exchange();
        // The broker has no copy: the peer sees the end with ours.
        link.mine().close();
        link.peer().expectEnd();
    }

    static Stream<FdFrame.Builder> fromTheBroker() {
        return Stream.of(
                FdFrame.newBuilder().setDelivery(Delivery.getDefaultInstance()),
                FdFrame.newBuilder().setDeposited(Deposited.getDefaultInstance()),
                FdFrame.newBuilder().setTransferred(TransferOwnershipResponse.getDefaultInstance()),
                FdFrame.newBuilder().setReleased(Released.getDefaultInstance()));
    }

    @ParameterizedTest
    @MethodSource("fromTheBroker")
    void shouldRefuseFramesThatOnlyTheBrokerSends(FdFrame.Builder frame) {
        FdConnection connection = connect();
        assertThat(connection.ask(frame).getError().getReason()).isEqualTo(ErrorReason.ERROR_REASON_MALFORMED_FRAME);
    }

    @Test
    void shouldGoOnAfterARefusal() {
        FdConnection connection = connect();
        FdFrame answer = connection.ask(FdFrame.newBuilder().setHello(Hello.getDefaultInstance()));
        assertThat(answer.getError().getReason()).isEqualTo(ErrorReason.ERROR_REASON_INVALID_FIELD);
        assertThat(answer.getError().getField()).isEqualTo("hello.session_id");
        ByteString token = ByteString.copyFrom(new byte[16]);
        for (ByteString wrong : List.of(token, ByteString.EMPTY, token.substring(1))) {
            assertThat(connection.claim(wrong).frame().getError().getReason())
                    .isEqualTo(ErrorReason.ERROR_REASON_TOKEN_UNKNOWN);
        }
        assertThat(connection.acknowledge(1).getError().getReason()).isEqualTo(ErrorReason.ERROR_REASON_CLAIM_EXPIRED);
    }

    @Test
    void shouldTakeAnEmptyMessageForTheEnd() {
        // recv(2): an empty record reads as 0 bytes, as the end of the stream does.
        FdConnection connection = connect();
        assertThat(Sockets.send(connection.fd(), new byte[1], 0, 0)).isZero();
        connection.expectClosed();
    }

    @Test
    void shouldServeOthersBesideClientsThatConnectAndStall() {
        Path runtimeDirectory = broker.process().runtimeDirectory();
        for (int i = 0; i < 50; i++) {
            connect();
            broker.closeLater(Sockets.connectUnix(runtimeDirectory.resolve("grpc.sock"), Sockets.SOCK_STREAM));
        }
        bystander.expectServed();
        try (ProtocolClient client = new ProtocolClient(runtimeDirectory)) {
            assertThat(client.socketIds()).containsExactly("bystander");
        }
    }

    @Test
    void shouldRefuseConnectionsOverTheLimitOfOneUid() {
        List<FdConnection> connections = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            connections.add(connect());
        }
        connections.getLast().expectClosed();
        assertThat(connections.getFirst().claim(ByteString.EMPTY).frame().hasError())
                .isTrue();
        bystander.expectServed();
        connections.forEach(FdConnection::close);
        Awaitility.await().untilAsserted(() -> {
            try (FdConnection again = new FdConnection(broker.process().runtimeDirectory())) {
                assertThat(again.claim(ByteString.EMPTY).frame().hasError()).isTrue();
            }
        });
    }

    @Test
    void shouldHangUpOnAClientThatDoesNotRead() {
        FdConnection connection = connect();
        assertThat(catchSending(connection)).isIn("EPIPE", "ECONNRESET");
    }

    private static String catchSending(FdConnection connection) {
        byte[] question = FdFrame.newBuilder()
                .setClaim(Claim.newBuilder().setToken(ByteString.EMPTY))
                .build()
                .toByteArray();
        for (int i = 0; i < 1_000_000; i++) {
            try {
                connection.sendBytes(question, List.of());
            } catch (LinuxException e) {
                return e.errnoName();
            }
        }
        return "nothing";
    }

    @Test
    void shouldSurviveGarbageOnGrpcSock() {
        Path socket = broker.process().runtimeDirectory().resolve("grpc.sock");
        try (OwnedFd connection = Sockets.connectUnix(socket, Sockets.SOCK_STREAM);
                Wire wire = new Wire(connection)) {
            wire.send("this is not HTTP/2 at all, and it goes on for a while\r\n\r\n");
            // A GOAWAY, and then the end.
            assertThat(wire.readToEnd()).isNotNull();
        }
    }
}
