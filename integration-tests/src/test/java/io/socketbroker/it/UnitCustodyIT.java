package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.SocketOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What the shipped units of broker and vault promise, under a real systemd user manager: whichever of them is killed or
 * restarted, every connection goes on, and who connects meanwhile waits in the backlog and is served.
 */
@Tag("systemd")
final class UnitCustodyIT {
    private static final int LINES_OF_EACH_KIND = 4;
    private static final int MOST_NEWCOMERS = 40;

    /** The lines and the two doors. */
    private static final int SOCKETS = 2 * LINES_OF_EACH_KIND + 2;

    private static @Nullable UnitBroker installed;

    private static Path declarations = Path.of("/nonexistent");

    private NumberedLines lines;
    private InetSocketAddress registered;
    private Path declared;

    @BeforeAll
    static void install() throws Exception {
        UnitBroker broker = new UnitBroker();
        installed = broker;
        Path main = broker.units().manager().runtime().resolve("declared/socketbroker.toml");
        declarations = Files.createDirectories(main.resolveSibling("tasks.d")).resolve("door.toml");
        Files.createFile(main);
        broker.configure("--external-vault --config " + main);
    }

    @AfterAll
    static void remove() throws IOException {
        if (installed != null) {
            installed.close();
        }
    }

    private static UnitBroker broker() {
        return Objects.requireNonNull(installed, "the units are installed");
    }

    @BeforeEach
    void park() throws Exception {
        declared = broker().units().manager().runtime().resolve("declared.sock");
        Files.writeString(declarations, """
                [[task]]
                name = "door"
                command = ["/bin/sh", "-c", 'read x; echo "got $x"']
                [[listener]]
                id = "declared"
                task = "door"
                address = "unix:%s"
                """.formatted(declared));
        broker().units().systemctl("start", UnitBroker.BROKER);
        try (ProtocolClient client = broker().client();
                OwnedFd listener = Sockets.listenTcp(Link.loopback("127.0.0.1"), 64)) {
            lines = new NumberedLines(client, "line").park(client, LINES_OF_EACH_KIND);
            client.register("door", Specs.command("/bin/sh", "-c", "read x; echo \"got $x\""));
            registered = Link.addressOf(listener.fd());
            client.park(
                    listener,
                    ProtocolClient.item("door", "registered")
                            .setOptions(
                                    SocketOptions.newBuilder().setAcceptMode(AcceptMode.ACCEPT_MODE_PER_CONNECTION)));
        }
        lines.say().hear();
        broker().awaitWhole(SOCKETS);
    }

    @AfterEach
    void forget() throws Exception {
        lines.close();
        Files.delete(declarations);
        broker().units().systemctl("reload-or-restart", UnitBroker.BROKER);
        broker().stop();
    }

    private interface Step {
        void take() throws Exception;
    }

    /** Does something that replaces the broker's process, while everybody talks and new ones come. */
    private void expectNothingLostBy(Step step) throws Exception {
        int pid = broker().pid(UnitBroker.BROKER);
        List<Wire> newcomers = new ArrayList<>();
        step.take();
        lines.say();
        do {
            if (newcomers.size() < MOST_NEWCOMERS) {
                // Refused if nobody listens.
                newcomers.add(new Wire(Sockets.connectTcp(registered)).send("hello\n"));
                newcomers.add(new Wire(Sockets.connectUnix(declared, Sockets.SOCK_STREAM)).send("hello\n"));
            }
            Await.time(Duration.ofMillis(100));
        } while (!broker().isSucceeded(UnitBroker.BROKER, pid));
        for (Wire newcomer : newcomers) {
            assertThat(newcomer.readLine()).isEqualTo("got hello");
            newcomer.expectEnd();
            newcomer.close();
        }
        lines.hear();
        expectAllHeld();
    }

    private void expectAllHeld() {
        broker().awaitWhole(SOCKETS);
        try (ProtocolClient client = broker().client()) {
            lines.expectSameSockets(client);
            assertThat(client.socketIds()).hasSize(SOCKETS).contains("registered", "declared");
        }
    }

    @Test
    void shouldLoseNothingWhenTheBrokerIsKilled() throws Exception {
        for (int i = 0; i < 3; i++) {
            expectNothingLostBy(() -> broker().signal(UnitBroker.BROKER, "KILL"));
        }
    }

    @Test
    void shouldLoseNothingWhenTheBrokerIsRestarted() throws Exception {
        expectNothingLostBy(() -> broker().units().systemctl("restart", "--no-block", UnitBroker.BROKER));
    }

    @Test
    void shouldLoseNothingWhenTheBrokerIsStoppedForAWhile() throws Exception {
        broker().units().systemctl("stop", UnitBroker.BROKER);
        lines.say();
        try (Wire newcomer = new Wire(Sockets.connectTcp(registered)).send("hello\n")) {
            broker().units().systemctl("start", UnitBroker.BROKER);
            assertThat(newcomer.readLine()).isEqualTo("got hello");
        }
        lines.hear();
        expectAllHeld();
    }

    @Test
    void shouldLoseNothingWhenTheVaultIsKilledAndThenTheBroker() throws Exception {
        int pid = broker().pid(UnitBroker.BROKER);
        broker().killAndAwait(UnitBroker.VAULT);
        expectAllHeld();
        assertThat(broker().pid(UnitBroker.BROKER)).isEqualTo(pid);
        lines.say().hear();
        // All of it comes from the new vault.
        expectNothingLostBy(() -> broker().signal(UnitBroker.BROKER, "KILL"));
    }

    @Test
    void shouldLoseNothingWhenTheBrokerHangs() throws Exception {
        Path impatience = broker().units().configure(UnitBroker.BROKER, "WatchdogSec=3s", "TimeoutAbortSec=1s");
        try {
            broker().units().systemctl("restart", UnitBroker.BROKER);
            expectAllHeld();
            expectNothingLostBy(() -> broker().signal(UnitBroker.BROKER, "STOP"));
            assertThat(broker().units().property("NRestarts")).isEqualTo("1");
        } finally {
            Files.delete(impatience);
            broker().units().manager().reload();
        }
    }
}
