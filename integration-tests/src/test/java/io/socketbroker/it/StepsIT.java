package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.ExitPolicy;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A handler that is killed at each step of its life: the next one goes on where it was. */
final class StepsIT {
    /** What the peer says: numbers, so that a byte that is lost, doubled or moved is seen. */
    private static final byte[] STREAM = stream();

    /** What is there when the first handler is woken. */
    private static final int FIRST_BYTES = 3_000;

    private static final int CONSUMED = 1_234;
    private static final ExitPolicy RETRY = ExitPolicy.newBuilder()
            .setOnSuccess(ExitAction.EXIT_ACTION_REARM)
            .setOnFailure(ExitAction.EXIT_ACTION_RETRY)
            .build();

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;
    private Link link;

    private static byte[] stream() {
        StringBuilder numbers = new StringBuilder();
        IntStream.range(0, 1_500).forEach(number -> numbers.append("%04d".formatted(number)));
        return Rules.bytes(numbers.toString());
    }

    @BeforeEach
    void connect() {
        client = broker.client();
        link = broker.link();
    }

    private static byte[] bytes(int from, int to) {
        return Arrays.copyOfRange(STREAM, from, to);
    }

    /** The last thing that a launched handler does. */
    enum Step {
        SPAWNED,
        CLAIMED,
        ACKNOWLEDGED,
        READ_PART,
        ANSWERED;

        boolean isReached(Step last) {
            return compareTo(last) <= 0;
        }
    }

    static Stream<Arguments> launched() {
        return Stream.concat(
                Stream.of(Step.values()).map(step -> Arguments.of(LaunchStyle.LAUNCH_STYLE_CLAIM, step)),
                Stream.of(LaunchStyle.LAUNCH_STYLE_SOCKET, LaunchStyle.LAUNCH_STYLE_LISTEN_FDS)
                        .flatMap(style -> Stream.of(Step.SPAWNED, Step.READ_PART, Step.ANSWERED)
                                .map(step -> Arguments.of(style, step))));
    }

    /** Goes on until this step, and gives how many bytes of the stream it has consumed. */
    private int goOn(Puppet handler, LaunchStyle style, Step last) {
        boolean claims = style == LaunchStyle.LAUNCH_STYLE_CLAIM;
        if (claims && Step.CLAIMED.isReached(last)) {
            assertThat(handler.tell("claim")).startsWith("delivered ");
        }
        if (claims && Step.ACKNOWLEDGED.isReached(last)) {
            assertThat(handler.tell("acknowledge")).isEqualTo("released");
        }
        if (!Step.READ_PART.isReached(last)) {
            return 0;
        }
        handler.expectRead(bytes(0, CONSUMED));
        if (Step.ANSWERED.isReached(last)) {
            handler.send("answer");
            assertThat(link.peer().read(6)).isEqualTo("answer");
        }
        return CONSUMED;
    }

    /** One owner: this process, under a generation that nobody had before. */
    private Socket expectOwner(int pid) {
        Socket socket = Await.state(client, "s", SocketState.SOCKET_STATE_LEASED);
        assertThat(socket.getHolder().getPid()).isEqualTo(pid);
        return socket;
    }

    @ParameterizedTest
    @MethodSource("launched")
    void shouldGoOnAfterALaunchedHandlerThatIsKilled(LaunchStyle style, Step step) {
        client.register(
                "task", broker.puppets().spec(style).setExitPolicy(RETRY).build());
        long cookie = client.park(link.mine(), "task", "s").getCookie();
        link.peer().send(bytes(0, FIRST_BYTES));
        Puppet first = broker.puppets().next();
        assertThat(first.env("ATTEMPT")).isEqualTo("1");
        int consumed = goOn(first, style, step);
        long generation = expectOwner(first.pid()).getGeneration();
        first.kill();
        link.peer().send(bytes(FIRST_BYTES, STREAM.length));

        Puppet second = broker.puppets().next();
        assertThat(Processes.isRunning(first.pid())).isFalse();
        assertThat(second.env("ATTEMPT")).isEqualTo("2");
        assertThat(expectOwner(second.pid()).getGeneration()).isGreaterThan(generation);
        expectTokenOver(first.env("TOKEN"));
        if (style == LaunchStyle.LAUNCH_STYLE_CLAIM) {
            second.claim();
        }
        assertThat(second.cookie()).isEqualTo(cookie);
        second.expectRead(bytes(consumed, STREAM.length));
        second.send("done");
        assertThat(link.peer().read(4)).isEqualTo("done");
        assertThat(second.complete(LeaseOutcome.LEASE_OUTCOME_RETURNED)).isEqualTo("completed");
        second.exit(0);
        expectNextWakeToBeTheFirstAttempt(style);
    }

    private void expectTokenOver(String token) {
        Refusal.of(() -> client.sessions()
                        .complete(CompleteRequest.newBuilder()
                                .setToken(ByteString.copyFrom(HexFormat.of().parseHex(token)))
                                .build()))
                .expect(Code.NOT_FOUND, "TOKEN_UNKNOWN", "token");
    }

    private void expectNextWakeToBeTheFirstAttempt(LaunchStyle style) {
        assertThat(Await.parked(client, "s").getFailedAttempts()).isZero();
        link.peer().send("next");
        Puppet next = broker.puppets().next();
        assertThat(next.env("ATTEMPT")).isEqualTo("1");
        if (style == LaunchStyle.LAUNCH_STYLE_CLAIM) {
            next.claim();
        }
        next.expectRead("next");
    }

    @Test
    void shouldGoOnAfterAHandlerThatIsKilledOnceItHasCompleted() {
        client.register(
                "task",
                broker.puppets()
                        .spec(LaunchStyle.LAUNCH_STYLE_CLAIM)
                        .setExitPolicy(RETRY)
                        .build());
        client.park(link.mine(), "task", "s");
        link.peer().send(bytes(0, FIRST_BYTES));
        Puppet first = broker.puppets().next();
        int consumed = goOn(first, LaunchStyle.LAUNCH_STYLE_CLAIM, Step.ANSWERED);
        assertThat(first.complete(LeaseOutcome.LEASE_OUTCOME_RETURNED)).isEqualTo("completed");
        first.kill();
        // Its word was its last: what it did not read is another wake, and no further attempt.
        Puppet second = broker.puppets().next();
        assertThat(second.env("ATTEMPT")).isEqualTo("1");
        second.claim();
        second.expectRead(bytes(consumed, FIRST_BYTES));
    }

    @Test
    void shouldGoOnAfterAHandlerThatIsKilledBeforeItAccepts() {
        client.register(
                "task",
                broker.puppets()
                        .spec(LaunchStyle.LAUNCH_STYLE_LISTEN_FDS)
                        .setExitPolicy(RETRY)
                        .build());
        OwnedFd listener = broker.closeLater(Sockets.listenTcp(Link.loopback("127.0.0.1"), 8));
        var address = Link.addressOf(listener.fd());
        client.park(
                listener,
                ProtocolClient.item("task", "s")
                        .setOptions(io.socketbroker.v1.SocketOptions.newBuilder()
                                .setAcceptMode(AcceptMode.ACCEPT_MODE_LISTENER)));
        Wire connection = broker.closeLater(new Wire(Sockets.connectTcp(address)));
        connection.send(STREAM);
        broker.puppets().next().kill();
        Puppet second = broker.puppets().next();
        assertThat(second.env("ATTEMPT")).isEqualTo("2");
        assertThat(second.tell("accept")).isEqualTo("ok");
        second.expectRead(STREAM);
    }

    /** The last thing that a running program with a session does. */
    enum SessionStep {
        ATTACHED,
        GREETED,
        DELIVERED,
        ACKNOWLEDGED,
        READ_PART,
        ANSWERED;

        boolean isReached(SessionStep last) {
            return compareTo(last) <= 0;
        }

        /** Whether what happens next is another attempt: the socket was the session's. */
        boolean hadTheSocket() {
            return compareTo(ACKNOWLEDGED) >= 0;
        }
    }

    /** Goes on until this step, and gives how many bytes of the stream it has consumed. */
    private int goOn(RunningSession session, SessionStep last) {
        assertThat(session.tell("attached")).isEqualTo("ok");
        if (SessionStep.GREETED.isReached(last)) {
            assertThat(session.tell("hello")).isEqualTo("ok");
        }
        link.peer().send(bytes(0, FIRST_BYTES));
        if (SessionStep.DELIVERED.isReached(last)) {
            assertThat(session.tell("receive")).isEqualTo("attempt 1");
            expectOwner(session.pid());
        }
        if (SessionStep.ACKNOWLEDGED.isReached(last)) {
            assertThat(session.tell("acknowledge")).isEqualTo("ok");
        }
        if (!SessionStep.READ_PART.isReached(last)) {
            return 0;
        }
        assertThat(session.tell("read " + CONSUMED)).isEqualTo(HexFormat.of().formatHex(bytes(0, CONSUMED)));
        if (SessionStep.ANSWERED.isReached(last)) {
            assertThat(session.tell("write " + Puppet.hex("answer"))).isEqualTo("ok");
            assertThat(link.peer().read(6)).isEqualTo("answer");
        }
        return CONSUMED;
    }

    @ParameterizedTest
    @EnumSource
    void shouldGoOnAfterASessionThatIsKilled(SessionStep step) {
        client.register("task", TaskSpec.getDefaultInstance());
        long cookie = client.park(link.mine(), "task", "s").getCookie();
        RunningSession first =
                broker.closeLater(new RunningSession(broker.process().runtimeDirectory(), "task"));
        int consumed = goOn(first, step);
        first.kill();
        link.peer().send(bytes(FIRST_BYTES, STREAM.length));

        AttachedSession second =
                broker.closeLater(AttachedSession.to(broker.process().runtimeDirectory(), "task", 10));
        FdConnection.Answer delivery = broker.closeLater(second.delivery());
        var activated = delivery.frame().getDelivery().getActivation().getSockets(0);
        assertThat(activated.getTrigger().getAttempt()).isEqualTo(step.hadTheSocket() ? 2 : 1);
        expectOwner(Math.toIntExact(ProcessHandle.current().pid()));
        OwnedFd socket = delivery.descriptors().getFirst();
        assertThat(SocketOptions.cookie(socket.fd())).isEqualTo(cookie);
        expectRead(socket, bytes(consumed, STREAM.length));
        assertThat(Sockets.send(socket.fd(), Rules.bytes("done"), 0, 4)).isEqualTo(4);
        assertThat(link.peer().read(4)).isEqualTo("done");
        second.giveBack(delivery.frame().getDelivery());
        assertThat(Await.parked(client, "s").getFailedAttempts()).isZero();
    }

    private static void expectRead(OwnedFd socket, byte[] expected) {
        byte[] buffer = new byte[expected.length];
        Awaitility.await("bytes")
                .untilAsserted(
                        () -> assertThat(Sockets.peek(socket.fd(), buffer)).isEqualTo(expected.length));
        assertThat(Sockets.receive(socket.fd(), buffer)).isEqualTo(expected.length);
        assertThat(buffer).isEqualTo(expected);
        assertThat(Sockets.bytesAvailable(socket.fd())).isZero();
    }
}
