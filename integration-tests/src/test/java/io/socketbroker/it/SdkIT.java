package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.rpc.Code;
import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.BrokerException;
import io.socketbroker.client.BrokeredSocket;
import io.socketbroker.client.ReclaimedSocket;
import io.socketbroker.client.Session;
import io.socketbroker.client.TaskDefinition;
import io.socketbroker.client.TransferRequest;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.Io;
import io.socketbroker.linux.Pipes;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The Java SDK against the real daemon. */
final class SdkIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private BrokerClient client;

    @BeforeEach
    void connect() {
        client = broker.closeLater(BrokerClient.connect(broker.process().runtimeDirectory()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @EnumSource(names = {"LAUNCH_STYLE_SOCKET", "LAUNCH_STYLE_LISTEN_FDS", "LAUNCH_STYLE_CLAIM"})
    void shouldWakeALaunchedHandlerThatGivesBackWithANewContext(LaunchStyle style) {
        client.registerTask(TaskDefinition.ofCommand(
                        "counter",
                        List.of(
                                BrokerProcess.java(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                SdkHandler.class.getName()))
                .withStyle(style)
                .withExitPolicy(ExitAction.EXIT_ACTION_CLOSE, ExitAction.EXIT_ACTION_RETRY));
        Link link = broker.link();
        long cookie = SocketOptions.cookie(link.mine().fd());
        client.transfer(TransferRequest.of(link.mine(), "s", "counter").withContext(bytes("0")));
        assertThat(link.mine().isOpen()).isFalse();
        for (int wake = 1; wake <= 2; wake++) {
            assertThat(link.peer().send("hello\n").readLine())
                    .isEqualTo("wake " + wake + " for TRIGGER_REASON_SOCKET_ACTIVITY of counter/s: hello");
        }
        Await.parked(broker.client(), "s");
        try (ReclaimedSocket back = client.reclaim("s")) {
            assertThat(back.context()).asString().isEqualTo("2");
            assertThat(SocketOptions.cookie(back.descriptor().fd())).isEqualTo(cookie);
        }
    }

    @Test
    void shouldWakeARunningHandler() {
        broker.client().register("answer", TaskSpec.getDefaultInstance());
        Link link = broker.link();
        try (Session session = client.attach("answer", socket -> {
            Fd fd = socket.fd();
            byte[] buffer = new byte[64];
            int count = Io.read(fd, buffer);
            Io.write(fd, buffer, 0, count);
        })) {
            client.transfer(TransferRequest.of(link.mine(), "s", "answer"));
            for (int wake = 0; wake < 50; wake++) {
                assertThat(link.peer().send("wake " + wake + "\n").readLine()).isEqualTo("wake " + wake);
            }
            assertThat(session.isAttached()).isTrue();
        }
        Await.parked(broker.client(), "s");
    }

    @Test
    void shouldMoveTheLargestBatchThereAndBack() {
        client.registerTask(TaskDefinition.of("task", "/bin/cat"));
        List<TransferRequest> requests = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        List<Long> cookies = new ArrayList<>();
        for (int i = 0; i < 253; i++) {
            Link link = broker.closeLater(Link.unix(Sockets.SOCK_STREAM));
            ids.add("s" + i);
            cookies.add(SocketOptions.cookie(link.mine().fd()));
            requests.add(TransferRequest.of(link.mine(), ids.getLast(), "task")
                    .withContext(new byte[64 * 1024])
                    .withKeepAlive(Duration.ofHours(1)));
        }
        assertThat(client.transferAll(requests))
                .extracting(BrokeredSocket::cookie)
                .isEqualTo(cookies);
        assertThat(client.listSockets())
                .hasSize(253)
                .allMatch(socket -> socket.state() == SocketState.SOCKET_STATE_PARKED);
        List<ReclaimedSocket> back = client.reclaimAll(ids);
        back.forEach(broker::closeLater);
        assertThat(back)
                .extracting(socket -> SocketOptions.cookie(socket.descriptor().fd()))
                .isEqualTo(cookies);
        assertThat(client.listSockets()).isEmpty();
    }

    @Test
    void shouldLeaveARefusedSocketToItsOwner() {
        client.registerTask(TaskDefinition.of("task", "/bin/cat"));
        Link link = broker.link();
        Pipes.Pipe pipe = broker.closeLater(Pipes.create());
        BrokerException refused = catchThrowableOfType(
                BrokerException.class,
                () -> client.transferAll(List.of(
                        TransferRequest.of(link.mine(), "good", "task"),
                        TransferRequest.of(pipe.readEnd(), "pipe", "task"))));
        assertThat(refused.code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(refused.reason()).isEqualTo(ErrorReason.ERROR_REASON_NOT_A_SOCKET);
        assertThat(refused.field()).isEqualTo("items[1]");
        assertThat(refused.refusals())
                .singleElement()
                .satisfies(item -> assertThat(item.getSocketId()).isEqualTo("pipe"));
        assertThat(refused.isOutcomeUnknown()).isFalse();
        assertThat(pipe.readEnd().isOpen()).isTrue();
        link.exchange();
    }
}
