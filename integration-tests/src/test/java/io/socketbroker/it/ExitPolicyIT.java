package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.GetTaskRequest;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TaskSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a socket whose handler ends, by the task's policy. */
final class ExitPolicyIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    /** The end of a handler. */
    enum Ending {
        SUCCESS,
        FAILURE,
        KILLED;

        void happenTo(Puppet handler) {
            switch (this) {
                case SUCCESS -> handler.exit(0);
                case FAILURE -> handler.exit(1);
                case KILLED -> handler.kill();
            }
        }
    }

    private Puppet park(ProtocolClient client, Link link, TaskSpec spec) {
        client.register("task", spec);
        client.park(link.mine(), "task", "s");
        link.peer().send("hello");
        Puppet handler = broker.puppets().next();
        assertThat(handler.env("ATTEMPT")).isEqualTo("1");
        return handler;
    }

    @ParameterizedTest
    @EnumSource
    void shouldCloseWhenThePolicyIsClose(Ending ending) {
        ProtocolClient client = broker.client();
        Link link = broker.link();
        Puppet handler = park(client, link, broker.puppets().spec(Specs.always(ExitAction.EXIT_ACTION_CLOSE)));
        assertThat(handler.env("RELEASED")).isEqualTo("1");
        Await.gone(client, "s");
        handler.expectReceived("hello");
        ending.happenTo(handler);
        link.peer().expectEnd();
    }

    @ParameterizedTest
    @EnumSource
    void shouldParkAgainWhenThePolicyIsRearm(Ending ending) {
        ProtocolClient client = broker.client();
        Link link = broker.link();
        Puppet first = park(client, link, broker.puppets().spec(Specs.rearm()));
        assertThat(first.env("RELEASED")).isEqualTo("0");
        first.expectReceived("hello");
        ending.happenTo(first);
        Await.parked(client, "s");
        link.peer().send("again");
        Puppet second = broker.puppets().next();
        assertThat(second.env("ATTEMPT")).isEqualTo("1");
        second.expectReceived("again");
    }

    @ParameterizedTest
    @EnumSource
    void shouldRepeatTheActivationWhenThePolicyIsRetry(Ending ending) {
        ProtocolClient client = broker.client();
        Link link = broker.link();
        Puppet handler = park(client, link, broker.puppets().spec(Specs.always(ExitAction.EXIT_ACTION_RETRY)));
        long generation = Long.parseLong(handler.env("GENERATION"));
        // It consumed what woke it: the activation is repeated all the same.
        handler.expectReceived("hello");
        ending.happenTo(handler);
        Puppet second = broker.puppets().next();
        assertThat(second.env("REASON")).isEqualTo("SOCKET_ACTIVITY");
        assertThat(Long.parseLong(second.env("GENERATION"))).isGreaterThan(generation);
        second.send("served at last");
        assertThat(link.peer().read(14)).isEqualTo("served at last");
    }

    @Test
    void shouldCountFailedAttemptsUntilOneSucceeds() {
        ProtocolClient client = broker.client();
        Link link = broker.link();
        TaskSpec spec = broker.puppets()
                .spec(Specs.rearm().toBuilder()
                        .setOnFailure(ExitAction.EXIT_ACTION_RETRY)
                        .build());
        Puppet handler = park(client, link, spec);
        for (int attempt = 2; attempt <= 4; attempt++) {
            handler.exit(1);
            handler = broker.puppets().next();
            assertThat(handler.env("ATTEMPT")).isEqualTo(Integer.toString(attempt));
            assertThat(client.socket("s").getFailedAttempts()).isEqualTo(attempt - 1);
        }
        handler.expectReceived("hello");
        handler.exit(0);
        Socket parked = Await.parked(client, "s");
        assertThat(parked.getFailedAttempts()).isZero();
        link.peer().send("next");
        assertThat(broker.puppets().next().env("ATTEMPT")).isEqualTo("1");
    }

    static Stream<Arguments> defaults() {
        return Stream.of(
                Arguments.of(LaunchStyle.LAUNCH_STYLE_LISTEN_FDS, Ending.SUCCESS, ExitAction.EXIT_ACTION_CLOSE),
                Arguments.of(LaunchStyle.LAUNCH_STYLE_LISTEN_FDS, Ending.FAILURE, ExitAction.EXIT_ACTION_RETRY),
                Arguments.of(LaunchStyle.LAUNCH_STYLE_CLAIM, Ending.SUCCESS, ExitAction.EXIT_ACTION_CLOSE),
                Arguments.of(LaunchStyle.LAUNCH_STYLE_CLAIM, Ending.KILLED, ExitAction.EXIT_ACTION_RETRY));
    }

    @ParameterizedTest
    @MethodSource("defaults")
    void shouldHaveAPolicyForConnectionsWithoutOne(LaunchStyle style, Ending ending, ExitAction expected) {
        ProtocolClient client = broker.client();
        Link link = broker.link();
        Puppet handler = park(client, link, broker.puppets().spec(style).build());
        if (style == LaunchStyle.LAUNCH_STYLE_CLAIM) {
            handler.claim();
        }
        handler.expectReceived("hello");
        ending.happenTo(handler);
        if (expected == ExitAction.EXIT_ACTION_CLOSE) {
            link.peer().expectEnd();
            Await.gone(client, "s");
        } else {
            assertThat(broker.puppets().next().env("ATTEMPT")).isEqualTo("2");
        }
    }

    @Test
    void shouldRetryAHandlerThatEndsWithoutHavingClaimed() {
        ProtocolClient client = broker.client();
        Link link = broker.link();
        Puppet handler = park(
                client,
                link,
                broker.puppets().spec(LaunchStyle.LAUNCH_STYLE_CLAIM).build());
        handler.exit(0);
        Puppet second = broker.puppets().next();
        assertThat(second.env("ATTEMPT")).isEqualTo("2");
        second.claim();
        second.expectReceived("hello");
    }

    @Test
    void shouldLeaveTheConnectionToAForkingProgram() {
        ProtocolClient client = broker.client();
        Link link = broker.link();
        Puppet handler = park(client, link, broker.puppets().spec(Specs.always(ExitAction.EXIT_ACTION_CLOSE)));
        handler.expectReceived("hello");
        int parent = handler.pid();
        assertThat(handler.tell("fork")).endsWith("from " + parent);
        Awaitility.await().until(() -> !Processes.isRunning(parent));
        handler.send("from the child");
        assertThat(link.peer().read(14)).isEqualTo("from the child");
        // The FIN comes with the child's close, and not with its end: the broker has no duplicate.
        assertThat(handler.tell("close")).isEqualTo("ok");
        link.peer().expectEnd();
    }

    @ParameterizedTest
    @EnumSource(names = {"LAUNCH_STYLE_SOCKET", "LAUNCH_STYLE_LISTEN_FDS", "LAUNCH_STYLE_CLAIM"})
    void shouldRetryAProgramThatDisappearedUntilItIsBack(LaunchStyle style) throws IOException {
        ProtocolClient client = broker.client();
        Link link = broker.link();
        Path program = Files.createSymbolicLink(broker.home().resolve("program"), Path.of(Puppets.PYTHON));
        List<String> command = new ArrayList<>(broker.puppets().command());
        command.set(0, program.toString());
        client.register("task", Specs.command(style, command).build());
        client.park(link.mine(), "task", "s");
        Files.delete(program);
        link.peer().send("hello");
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(client.socket("s").getFailedAttempts()).isPositive());
        assertThat(client.socket("s").getState())
                .isIn(SocketState.SOCKET_STATE_QUEUED, SocketState.SOCKET_STATE_LEASED);
        broker.log().await("cannot start " + program, "ENOENT");
        Files.createSymbolicLink(program, Path.of(Puppets.PYTHON));
        Puppet handler = broker.puppets().next();
        assertThat(Integer.parseInt(handler.env("ATTEMPT"))).isGreaterThan(1);
        if (style == LaunchStyle.LAUNCH_STYLE_CLAIM) {
            handler.claim();
        }
        handler.expectReceived("hello");
        Files.delete(program);
    }

    @Test
    void shouldHoldConnectionsOverTheLimitInTheBacklog() {
        ProtocolClient client = broker.client();
        OwnedFd listener = broker.closeLater(Sockets.listenTcp(Link.loopback("127.0.0.1"), 16));
        var address = Link.addressOf(listener.fd());
        client.register(
                "service",
                broker.puppets()
                        .spec(LaunchStyle.LAUNCH_STYLE_SOCKET)
                        .setLimits(Specs.atMost(2))
                        .build());
        client.park(listener, "service", "listener");
        Wire[] connections = new Wire[5];
        for (int i = 0; i < connections.length; i++) {
            connections[i] = broker.closeLater(new Wire(Sockets.connectTcp(address)));
            connections[i].send("connection " + i);
        }
        Puppet first = broker.puppets().next();
        Puppet second = broker.puppets().next();
        EventLog.of(client).await("LIMIT_HELD", "listener");
        // Both run at the same time, so either may be the first to report.
        assertThat(List.of(first.tell("recv"), second.tell("recv")))
                .containsExactlyInAnyOrder("data " + Puppet.hex("connection 0"), "data " + Puppet.hex("connection 1"));
        Awaitility.await().untilAsserted(() -> assertThat(client.socketIds()).containsExactly("listener"));
        first.exit(0);
        Puppet third = broker.puppets().next();
        third.expectReceived("connection 2");
        assertThat(client.tasks()
                        .getTask(GetTaskRequest.newBuilder()
                                .setKey(TaskKey.newBuilder().setName("service"))
                                .build())
                        .getTask()
                        .getRunning())
                .isEqualTo(2);
        second.exit(0);
        broker.puppets().next().expectReceived("connection 3");
        third.exit(0);
        broker.puppets().next().expectReceived("connection 4");
    }
}
