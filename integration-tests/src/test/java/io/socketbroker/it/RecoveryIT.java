package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.CloseSocketRequest;
import io.socketbroker.v1.Event;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.ExitPolicy;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.ListSocketsRequest;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Failures that end by themselves: a program that is not there for a while, a poison socket, a handler without an end. */
final class RecoveryIT {
    private static final Pattern NEXT_ATTEMPT = Pattern.compile("attempt \\d+ in (\\d+) ms");

    /** Ten failures with delays from 0.1 s on, each twice as long as the one before, and jitter. */
    private static final Duration TEN_FAILURES = Duration.ofSeconds(90);

    private static final ExitPolicy RETRY = ExitPolicy.newBuilder()
            .setOnSuccess(ExitAction.EXIT_ACTION_REARM)
            .setOnFailure(ExitAction.EXIT_ACTION_RETRY)
            .build();

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;

    @BeforeEach
    void connect() {
        client = broker.client();
    }

    private static Path program() throws IOException {
        return Files.createSymbolicLink(broker.home().resolve("program"), Path.of(Puppets.PYTHON));
    }

    private static Path renamedAway(Path program) throws IOException {
        return Files.move(program, program.resolveSibling("elsewhere"));
    }

    private static List<String> command(Path program) {
        List<String> command = new ArrayList<>(broker.puppets().command());
        command.set(0, program.toString());
        return command;
    }

    /** How long until the next attempt, as the last failure of this socket told. */
    private Duration lastDelay(String socketId) {
        String last = EventLog.of(client).events().stream()
                .filter(event -> EventLog.type(event).equals("HANDLER_FAILED"))
                .filter(event -> event.getSocket().getSocketId().equals(socketId))
                .map(Event::getMessage)
                .reduce("", (_, later) -> later);
        Matcher matcher = NEXT_ATTEMPT.matcher(last);
        assertThat(matcher.find()).as("the delay in '%s'", last).isTrue();
        return Duration.ofMillis(Long.parseLong(matcher.group(1)));
    }

    @Test
    void shouldRecoverWithinTheBackoffOnceTheProgramAppears() throws IOException {
        Path program = program();
        client.register(
                "task",
                Specs.command(LaunchStyle.LAUNCH_STYLE_SOCKET, command(program))
                        .setExitPolicy(RETRY)
                        .build());
        Bystander bystander = Bystander.park(broker);
        Link link = broker.link();
        client.park(link.mine(), "task", "s");
        Path elsewhere = renamedAway(program);
        link.peer().send("hello");
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(client.socket("s").getFailedAttempts()).isGreaterThanOrEqualTo(5));
        assertThat(client.explain("s")).contains("failed");
        bystander.expectServed();
        Files.move(elsewhere, program);
        Duration backoff = lastDelay("s");
        long start = System.nanoTime();
        Puppet handler = broker.puppets().next();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(backoff.plusSeconds(1));
        assertThat(Integer.parseInt(handler.env("ATTEMPT"))).isGreaterThanOrEqualTo(6);
        handler.expectReceived("hello");
        handler.exit(0);
        assertThat(Await.parked(client, "s").getFailedAttempts()).isZero();
        link.peer().send("again");
        assertThat(broker.puppets().next().env("ATTEMPT")).isEqualTo("1");
        Files.delete(program);
    }

    @Test
    void shouldServeTheConnectionsThatCameWhileTheProgramWasMissing() throws IOException {
        Path program = program();
        // The policy of inetd: the broker lets go at launch, and not before.
        client.register(
                "task",
                Specs.command(LaunchStyle.LAUNCH_STYLE_SOCKET, command(program)).build());
        OwnedFd listener = broker.closeLater(Sockets.listenTcp(Link.loopback("127.0.0.1"), 16));
        var address = Link.addressOf(listener.fd());
        client.park(listener, "task", "listener");
        Path elsewhere = renamedAway(program);
        List<Wire> connections = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            connections.add(
                    broker.closeLater(new Wire(Sockets.connectTcp(address))).send("connection " + i));
        }
        for (int i = 1; i <= 5; i++) {
            String id = "listener:" + i;
            Awaitility.await(id)
                    .untilAsserted(() ->
                            assertThat(client.socket(id).getFailedAttempts()).isGreaterThanOrEqualTo(2));
        }
        Files.move(elsewhere, program);
        List<String> served = new ArrayList<>();
        for (int i = 0; i < connections.size(); i++) {
            served.add(broker.puppets().next().tell("recv"));
        }
        assertThat(served)
                .containsExactlyInAnyOrder(
                        "data " + Puppet.hex("connection 0"),
                        "data " + Puppet.hex("connection 1"),
                        "data " + Puppet.hex("connection 2"),
                        "data " + Puppet.hex("connection 3"),
                        "data " + Puppet.hex("connection 4"));
        Files.delete(program);
    }

    @Test
    void shouldSetAPoisonSocketApartAndServeTheOthers() {
        client.register(
                "task",
                Specs.command("/bin/sh", "-c", "read x; [ \"$x\" != poison ] && echo \"got $x\"").toBuilder()
                        .setExitPolicy(RETRY)
                        .build());
        Link poison = broker.link();
        Link closed = broker.link();
        Link good = broker.link();
        client.park(poison.mine(), "task", "poison");
        client.park(closed.mine(), "task", "closed");
        client.park(good.mine(), "task", "good");
        poison.peer().send("poison\n".repeat(10) + "the rest\n");
        closed.peer().send("poison\n".repeat(10));
        for (String id : List.of("poison", "closed")) {
            Awaitility.await("quarantine of " + id).atMost(TEN_FAILURES).untilAsserted(() -> {
                assertThat(good.peer().send("hello\n").readLine()).isEqualTo("got hello");
                assertThat(client.socket(id).getState()).isEqualTo(SocketState.SOCKET_STATE_QUARANTINED);
            });
        }
        assertThat(client.socket("poison").getFailedAttempts()).isEqualTo(10);
        assertThat(client.explain("poison")).contains("failed 10 times in a row");
        EventLog.of(client).await("SOCKET_QUARANTINED", "poison");
        assertThat(client.sockets()
                        .listSockets(ListSocketsRequest.newBuilder()
                                .setState(SocketState.SOCKET_STATE_QUARANTINED)
                                .build())
                        .getSocketsList())
                .extracting(Socket::getKey)
                .extracting(key -> key.getSocketId())
                .containsExactlyInAnyOrder("closed", "poison");
        // Nobody is woken for it meanwhile, whatever comes.
        long launches = client.task("task").getLaunches();
        poison.peer().send("more\n");
        Awaitility.await()
                .during(Duration.ofMillis(300))
                .until(() -> client.task("task").getLaunches() == launches);
        expectReclaimable(poison);
        client.sockets()
                .closeSocket(CloseSocketRequest.newBuilder()
                        .setKey(ProtocolClient.key("closed"))
                        .build());
        closed.peer().expectEnd();
        assertThat(good.peer().send("still there\n").readLine()).isEqualTo("got still there");
    }

    /** With every byte that no handler has read; and given again, it is a socket like any other. */
    private void expectReclaimable(Link poison) {
        OwnedFd back = broker.closeLater(client.reclaim("poison").descriptor());
        byte[] buffer = new byte[64];
        int count = Sockets.receive(back.fd(), buffer);
        assertThat(new String(buffer, 0, count, StandardCharsets.US_ASCII)).isEqualTo("the rest\nmore\n");
        client.park(back, "task", "poison");
        assertThat(poison.peer().send("cured\n").readLine()).isEqualTo("got cured");
    }

    private Puppet withinASecond(ExitPolicy policy) {
        TaskSpec spec = broker.puppets().spec(policy).toBuilder()
                .setActivationTimeout(Rules.millis(1_000))
                .build();
        client.register("task", spec);
        Link link = broker.link();
        client.park(link.mine(), "task", "s");
        link.peer().send("hello");
        return broker.puppets().next();
    }

    private static void awaitEnd(Puppet handler) {
        Awaitility.await("end of the handler").until(() -> !Processes.isRunning(handler.pid()));
    }

    @Test
    void shouldEndAHandlerThatTakesTooLong() {
        long start = System.nanoTime();
        Puppet handler = withinASecond(RETRY);
        awaitEnd(handler);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(4));
        Puppet second = broker.puppets().next();
        assertThat(second.env("ATTEMPT")).isEqualTo("2");
        second.expectReceived("hello");
        second.exit(0);
        Await.parked(client, "s");
        EventLog.of(client).awaitMessage("HANDLER_EXITED", "task", "SIGTERM");
    }

    @Test
    void shouldKillAHandlerThatDoesNotEnd() {
        Puppet handler = withinASecond(RETRY);
        assertThat(handler.tell("stubborn")).isEqualTo("ok");
        long start = System.nanoTime();
        awaitEnd(handler);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(9));
        Puppet second = broker.puppets().next();
        assertThat(second.env("ATTEMPT")).isEqualTo("2");
        second.expectReceived("hello");
    }

    @Test
    void shouldCloseAfterATimeoutWhenThePolicyIsClose() {
        TaskSpec spec = broker.puppets().spec(Specs.always(ExitAction.EXIT_ACTION_CLOSE)).toBuilder()
                .setActivationTimeout(Rules.millis(1_000))
                .build();
        client.register("task", spec);
        Link link = broker.link();
        client.park(link.mine(), "task", "s");
        link.peer().send("hello");
        Puppet handler = broker.puppets().next();
        handler.expectReceived("hello");
        awaitEnd(handler);
        link.peer().expectEnd();
        Await.gone(client, "s");
    }
}
