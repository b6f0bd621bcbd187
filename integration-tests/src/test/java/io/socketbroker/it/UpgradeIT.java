package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.SocketState;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code socketbroker upgrade} and {@code socketbroker custody} with a daemon that keeps what it has. */
final class UpgradeIT {
    private Path home = Path.of("/nonexistent");
    private Path launcher = home;
    private @Nullable BrokerProcess running;

    @BeforeEach
    void start() throws Exception {
        home = BrokerProcess.newHome();
        launcher = CommandLine.writeIn(home);
        running = BrokerProcess.startKeeping(home);
    }

    @AfterEach
    void end() throws Exception {
        broker().close();
        Vaults.end(home);
        BrokerProcess.delete(home);
    }

    private BrokerProcess broker() {
        return Objects.requireNonNull(running, "it was started");
    }

    private record Outcome(int status, String output) {}

    private Outcome socketbroker(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("--runtime-dir", broker().runtimeDirectory().toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = process.inputReader().readAllAsString();
        assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), output);
    }

    private static Wire connect(InetSocketAddress address) {
        return new Wire(Sockets.connectTcp(address));
    }

    @Test
    void shouldReplaceTheBrokerWithoutRefusingOrLosingAnybody() throws Exception {
        try (Link link = Link.tcp();
                var listener = Sockets.listenTcp(Link.loopback("127.0.0.1"), 64)) {
            InetSocketAddress address = Link.addressOf(listener.fd());
            try (ProtocolClient client = new ProtocolClient(broker().runtimeDirectory())) {
                client.register("line", Specs.lineAnswerer());
                client.register("echo", Specs.command("/bin/cat"));
                client.park(link.mine(), "line", "s");
                var perConnection = SocketOptions.newBuilder().setAcceptMode(AcceptMode.ACCEPT_MODE_PER_CONNECTION);
                client.park(listener, ProtocolClient.item("echo", "l").setOptions(perConnection));
            }
            assertThat(link.peer().send("before\n").readLine()).isEqualTo("got before");
            try (Wire conversation = connect(address)) {
                assertThat(conversation.send("half\n").readLine()).isEqualTo("half");
                CompletableFuture<Outcome> upgrade = CompletableFuture.supplyAsync(() -> {
                    try {
                        return socketbroker("upgrade");
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
                int served = 0;
                while (!upgrade.isDone()) {
                    // Refused if nobody listens.
                    Sockets.connectUnix(broker().runtimeDirectory().resolve("grpc.sock"), Sockets.SOCK_STREAM)
                            .close();
                    Sockets.connectUnix(broker().runtimeDirectory().resolve("fd.sock"), Sockets.SOCK_SEQPACKET)
                            .close();
                    try (Wire newcomer = connect(address)) {
                        assertThat(newcomer.send("hello\n").readLine()).isEqualTo("hello");
                        newcomer.finish();
                        newcomer.expectEnd();
                    }
                    served++;
                }
                Outcome outcome = upgrade.join();
                assertThat(outcome.output()).startsWith("pid " + broker().pid() + " serves again");
                assertThat(outcome.status()).isZero();
                assertThat(served).isPositive();
                // Its handler is the child of the same process still.
                assertThat(conversation.send("more\n").readLine()).isEqualTo("more");
                conversation.finish();
                conversation.expectEnd();
            }
            assertThat(link.peer().send("after\n").readLine()).isEqualTo("got after");
            try (ProtocolClient client = new ProtocolClient(broker().runtimeDirectory())) {
                await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                    assertThat(client.socketIds()).containsExactlyInAnyOrder("l", "s");
                    assertThat(client.socket("s").getState()).isEqualTo(SocketState.SOCKET_STATE_PARKED);
                });
            }
            assertThat(Vaults.of(home)).hasSize(1);
            Outcome custody = socketbroker("custody");
            assertThat(custody.output())
                    .contains("broker: 2 sockets", "): 2 sockets", "journal (on disk): 2 records", "differences: 0");
            assertThat(custody.status()).isZero();
        }
        broker().stop();
    }

    @Test
    void shouldSayWhatIsNotHeldByAll() throws Exception {
        try (Link link = Link.tcp();
                ProtocolClient client = new ProtocolClient(broker().runtimeDirectory())) {
            client.register("line", Specs.lineAnswerer());
            client.park(link.mine(), "line", "s");
            ProcessHandle vault = Vaults.of(home).getFirst();
            // Nothing answers now, and nothing is lost either.
            new ProcessBuilder("kill", "-STOP", Long.toString(vault.pid()))
                    .start()
                    .waitFor();
            Outcome stopped = socketbroker("custody");
            new ProcessBuilder("kill", "-CONT", Long.toString(vault.pid()))
                    .start()
                    .waitFor();
            assertThat(stopped.output()).contains("custody: vault is away", "differences: 1");
            assertThat(stopped.status()).isEqualTo(1);
            assertThat(vault.destroyForcibly()).isTrue();
            vault.onExit().join();
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                Outcome refilled = socketbroker("custody", "--differences");
                assertThat(refilled.output()).contains("differences: 0").doesNotContain("line/");
                assertThat(refilled.status()).isZero();
            });
        }
    }

    @Test
    void shouldNotBeReplacedByWhatDoesNotRun() throws Exception {
        try (Link link = Link.tcp();
                ProtocolClient client = new ProtocolClient(broker().runtimeDirectory())) {
            client.register("line", Specs.lineAnswerer());
            client.park(link.mine(), "line", "s");
            // The store is not there any more: whoever came after would not find its sockets.
            Vaults.of(home).forEach(vault -> assertThat(vault.destroyForcibly()).isTrue());
            Path lock = home.resolve("r/vault.sock");
            Files.deleteIfExists(lock);
            Files.createDirectory(lock);
            Outcome refused = socketbroker("upgrade");
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.output()).contains("do not have everything");
            assertThat(broker().isAlive()).isTrue();
            assertThat(link.peer().send("still\n").readLine()).isEqualTo("got still");
            Files.delete(lock);
        }
    }
}
