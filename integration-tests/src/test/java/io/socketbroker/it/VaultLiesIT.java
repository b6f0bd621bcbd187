package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Sockets;
import io.socketbroker.linux.Users;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.TaskSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A vault that is not what it should be: no socket comes into the wrong hands, and the broker says what was wrong. */
final class VaultLiesIT {
    private final Path home = BrokerProcess.newHome();
    private final Link first = Link.tcp();
    private final Link second = Link.tcp();

    VaultLiesIT() throws IOException {}

    @AfterEach
    void end() throws IOException {
        first.close();
        second.close();
        // If a liar ends too early, the broker starts a vault of its own.
        KeptBroker.vaultsOf(home).forEach(ProcessHandle::destroyForcibly);
        BrokerProcess.delete(home);
    }

    private Process vault(String lie) throws IOException {
        Path runtime = home.resolve("r");
        Files.createDirectories(runtime);
        Process vault = new ProcessBuilder(
                        Puppets.PYTHON,
                        "-I",
                        "-S",
                        Scripts.copy("lying_vault.py", home).toString(),
                        runtime.resolve("vault.sock").toString(),
                        lie)
                .redirectErrorStream(true)
                .start();
        assertThat(output(vault).readLine()).isEqualTo("ready");
        return vault;
    }

    private static BufferedReader output(Process process) {
        return process.inputReader(StandardCharsets.US_ASCII);
    }

    private static TaskSpec answerer(String name) {
        return Specs.command(
                        LaunchStyle.LAUNCH_STYLE_SOCKET,
                        List.of("/bin/sh", "-c", "read x; echo \"" + name + " got $x\""))
                .setExitPolicy(Specs.rearm())
                .build();
    }

    /** Both talk to their own handlers, through one broker. */
    private void park() throws IOException, InterruptedException {
        try (BrokerProcess broker = BrokerProcess.startKeeping(home)) {
            try (ProtocolClient client = new ProtocolClient(broker.runtimeDirectory())) {
                client.register("one", answerer("one"));
                client.register("two", answerer("two"));
                client.park(first.mine(), "one", "first");
                client.park(second.mine(), "two", "second");
                expectServed(first, "one");
                expectServed(second, "two");
                Await.parked(client, "first");
                Await.parked(client, "second");
            }
            broker.kill();
        }
    }

    private static void expectServed(Link link, String name) {
        assertThat(link.peer().send("hello\n").readLine()).isEqualTo(name + " got hello");
    }

    @ParameterizedTest
    @CsvSource({
        "other-descriptors, false, false, another socket than the vault says",
        "wrong-cookies,     false, false, another socket than the vault says",
        "no-sockets,        false, false, is not a socket",
        "missing,           true,  false, '1 sockets restored, 1 lost, 0 unknown'",
        "fewer-descriptors, true,  false, sent 1 descriptors for 2 sockets",
        "doubled,           true,  true,  for another slot before",
        "other-slots,       true,  true,  '2 sockets restored, 0 lost, 0 unknown'",
    })
    void shouldGiveNobodyWhatIsAnothers(String lie, boolean firstIsThere, boolean secondIsThere, String report)
            throws Exception {
        Process vault = vault(lie);
        try {
            park();
            try (BrokerProcess broker = BrokerProcess.startKeeping(home)) {
                broker.log().await(report);
                try (ProtocolClient client = new ProtocolClient(broker.runtimeDirectory())) {
                    assertThat(client.socketIds().contains("first")).isEqualTo(firstIsThere);
                    assertThat(client.socketIds().contains("second")).isEqualTo(secondIsThere);
                }
                expectServedIf(firstIsThere, first, "one");
                expectServedIf(secondIsThere, second, "two");
                broker.kill();
            }
        } finally {
            vault.destroyForcibly().onExit().join();
        }
    }

    /** Nobody answers on a socket that is not there: the vault alone may have it. */
    private static void expectServedIf(boolean isThere, Link link, String name) {
        if (isThere) {
            expectServed(link, name);
        } else {
            assertThat(Sockets.bytesAvailable(link.peer().fd())).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"cut, not its length", "silent, it does not answer"})
    void shouldRefuseToStartWithAVaultThatKeepsWhatItHolds(String lie, String why) throws Exception {
        // Before anything is held the lies do not matter, and silence is silence.
        Process vault = vault(lie);
        try (BrokerProcess broker = lie.equals("cut") ? parkAndLaunch() : BrokerProcess.launchKeeping(home)) {
            // Three attempts of up to 5 s each.
            Awaitility.await("the end of the daemon")
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> !broker.isAlive());
            assertThat(broker.exitStatus()).isEqualTo(1);
            assertThat(String.join("\n", broker.log().complete()))
                    .contains("does not give back what it holds", "end it to start without it", why);
        } finally {
            vault.destroyForcibly().onExit().join();
        }
    }

    private BrokerProcess parkAndLaunch() throws IOException, InterruptedException {
        park();
        return BrokerProcess.launchKeeping(home);
    }

    @Test
    void shouldGiveNothingToTheVaultOfAnotherUser() throws Exception {
        Assumptions.assumeTrue(Users.uid() == 0, "only root can act as another user");
        Process vault = vault("foreign");
        try (BrokerProcess broker = BrokerProcess.launchKeeping(home)) {
            assertThat(broker.exitStatus()).isEqualTo(1);
            assertThat(String.join("\n", broker.log().complete()))
                    .contains("belongs to uid " + OtherUser.UID, "nothing is given to it");
            assertThat(vault.inputReader(StandardCharsets.US_ASCII).ready())
                    .as("it was given something")
                    .isFalse();
        } finally {
            vault.destroyForcibly().onExit().join();
        }
    }
}
