package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.Activation;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.TriggerReason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ActivationContextTest {

    private static final byte[] CONTEXT = "state".getBytes(StandardCharsets.US_ASCII);
    private static final ByteString TOKEN =
            ByteString.copyFrom(HexFormat.of().parseHex("00112233445566778899aabbccddeeff"));

    private int openBefore;
    private Path directory;
    private FakeFdServer server;
    private Connection connection;
    private ActivationContext activation;

    @BeforeEach
    void launch(@TempDir Path folder) {
        openBefore = OwnedFd.openCount();
        directory = folder;
        server = new FakeFdServer(directory.resolve("fd.sock"));
        connection = Connection.open();
        var one = io.socketbroker.v1.ActivatedSocket.newBuilder()
                .setSocket(Socket.newBuilder()
                        .setKey(SocketKey.newBuilder().setSocketId("one"))
                        .setGeneration(5)
                        .setContext(ByteString.copyFrom(CONTEXT)));
        server.claimables.put(
                TOKEN,
                new FakeFdServer.Claimable(
                        Activation.newBuilder().addSockets(one).build(), List.of(connection.near())));
        activation = launched("claim");
    }

    private ActivationContext launched(String style) {
        var environment = HandlerEnvironmentTest.complete(style);
        environment.put("SOCKETBROKER_RUNTIME_DIR", directory.toString());
        return ActivationContext.of(environment, 77).orElseThrow();
    }

    @AfterEach
    void shouldLeaveNoDescriptor() {
        connection.close();
        server.close();
        Awaitility.await().until(() -> OwnedFd.openCount() == openBefore);
    }

    @Test
    void shouldAskForNothingBeforeItMust() {
        assertThat(activation.reason()).isEqualTo(TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY);
        assertThat(activation.attempt()).isOne();
        assertThat(activation.peerClosed()).isTrue();
        assertThat(activation.activationId()).isEqualTo(12);
        assertThat(server.connections).hasValue(0);
    }

    @Test
    void shouldClaimAndGiveBackWithANewContext() {
        var socket = activation.socket();
        assertThat(socket.id()).isEqualTo("one");
        assertThat(socket.context()).isEqualTo(CONTEXT);
        Sockets.send(socket.fd(), CONTEXT, 0, CONTEXT.length);
        assertThat(Connection.receive(connection.far(), CONTEXT.length)).isEqualTo("state");
        activation.giveBack("new".getBytes(StandardCharsets.US_ASCII), Duration.ofSeconds(30));
        var completion = server.completions.remove();
        assertThat(completion.getToken()).isEqualTo(TOKEN);
        assertThat(completion.getCompletionsList()).singleElement().satisfies(end -> {
            assertThat(end.getOutcome()).isEqualTo(LeaseOutcome.LEASE_OUTCOME_RETURNED);
            assertThat(end.getGeneration()).isEqualTo(5);
            assertThat(end.getContext().toStringUtf8()).isEqualTo("new");
            assertThat(end.getKeepAlive().getInterval().getSeconds()).isEqualTo(30);
        });
        assertThatIllegalStateException().isThrownBy(socket::fd).withMessageContaining("ended");
    }

    @Test
    void shouldKeepContextAndKeepAliveWithoutNewOnes() {
        activation.giveBack();
        assertThat(server.completions.remove().getCompletions(0)).satisfies(end -> {
            assertThat(end.hasContext()).isFalse();
            assertThat(end.hasKeepAlive()).isFalse();
        });
    }

    @Test
    void shouldEndOnce() {
        activation.close();
        assertThat(server.completions.remove().getCompletions(0).getOutcome())
                .isEqualTo(LeaseOutcome.LEASE_OUTCOME_CLOSED);
        assertThatIllegalStateException().isThrownBy(activation::giveBack).withMessageContaining("ended before");
    }

    @Test
    void shouldKeepTheDescriptorOpen() {
        var socket = activation.socket();
        activation.keep();
        assertThat(server.completions.remove().getCompletions(0).getOutcome())
                .isEqualTo(LeaseOutcome.LEASE_OUTCOME_TAKEN);
        try (var mine = socket.takeDescriptor()) {
            Connection.requireFlow(mine, connection.far(), "mine");
        }
    }

    @Test
    void shouldTellAnUnknownToken() {
        server.claimables.clear();
        assertThatExceptionOfType(BrokerException.class)
                .isThrownBy(activation::sockets)
                .satisfies(e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
    }

    @Test
    void shouldRefuseAnotherNumberOfSocketsThanWerePassedAtLaunch() {
        server.claimables.put(TOKEN, new FakeFdServer.Claimable(Activation.getDefaultInstance(), List.of()));
        assertThatIllegalStateException()
                .isThrownBy(() -> launched("socket").sockets())
                .withMessageContaining("0 sockets");
    }
}
