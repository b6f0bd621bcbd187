package io.socketbroker.daemon.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.daemon.vault.Frame;
import io.socketbroker.daemon.vault.Kind;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Signals;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class VaultCommandTest {
    private static final int HELD = 10_000;
    private static final long MOST_KILOBYTES = 48 * 1_024;
    private static final long MOST_ANONYMOUS_KILOBYTES = 28 * 1_024;

    @TempDir
    private Path folder;

    @Test
    void shouldHaveTheOptionsOfTheLauncher() throws IOException {
        String launcher = Files.readString(Path.of("../bin/socketbroker"));
        int start = launcher.indexOf("options=(-XX") + "options=(".length();
        List<String> options = Arrays.asList(
                launcher.substring(start, launcher.indexOf(')', start)).split("\\s+"));
        assertThat(options).isEqualTo(VaultCommand.JVM_OPTIONS);
    }

    @Test
    void shouldStaySmall() throws IOException {
        try (ChildVault vault = ChildVault.start(folder.resolve("vault.sock"));
                RawClient client = RawClient.open(vault.socket());
                OwnedFd socket = Sockets.open(Sockets.AF_INET, Sockets.SOCK_STREAM, 0)) {
            for (int slot = 0; slot < HELD; slot += 250) {
                client.put(slot, Collections.nCopies(250, socket));
            }
            assertThat(client.list())
                    .hasSize(HELD)
                    .allSatisfy(listed -> listed.descriptor().close());
            // The compiler's memory goes back some seconds after its work.
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                assertThat(kilobytes(vault, "Rss")).isLessThanOrEqualTo(MOST_KILOBYTES);
                assertThat(kilobytes(vault, "Anonymous")).isLessThanOrEqualTo(MOST_ANONYMOUS_KILOBYTES);
            });
            assertThat(client.ask(Kind.COUNT, 0, List.of()))
                    .isEqualTo(Frame.of(Kind.COUNTED, client.lastSequence(), HELD));
        }
    }

    private static long kilobytes(ChildVault vault, String what) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + vault.pid() + "/smaps_rollup")).stream()
                .filter(line -> line.startsWith(what + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    @Test
    void shouldEndInOrderOnSigtermAndNotOnTheEndOfATerminal() throws IOException, InterruptedException {
        Path path = folder.resolve("vault.sock");
        List<String> asTheLauncher = List.of("/bin/bash", "-c", "trap '' HUP; exec \"$@\"", "bash");
        try (ChildVault vault = ChildVault.start(path, asTheLauncher)) {
            vault.signal(Signals.SIGHUP);
            RawClient.open(path).close();
            vault.signal(Signals.SIGTERM);
            assertThat(vault.awaitEnd()).isZero();
            assertThat(path).doesNotExist();
        }
    }

    @Test
    void shouldKeepASecondVaultAwayAndFollowAKilledOne() throws IOException, InterruptedException {
        Path path = folder.resolve("vault.sock");
        try (ChildVault first = ChildVault.start(path)) {
            try (ChildVault second = ChildVault.launch(path, List.of())) {
                assertThat(second.nextLine()).contains("another vault serves here");
                assertThat(second.awaitEnd()).isEqualTo(1);
            }
            RawClient.open(path).close();
            first.kill();
            assertThat(path).as("left behind").exists();
            try (ChildVault next = ChildVault.start(path)) {
                RawClient.open(next.socket()).close();
            }
        }
    }

    @Test
    void shouldSayThatAFolderIsMissing() throws IOException, InterruptedException {
        try (ChildVault vault = ChildVault.launch(folder.resolve("missing/vault.sock"), List.of())) {
            assertThat(vault.nextLine()).contains("its folder does not exist");
            assertThat(vault.awaitEnd()).isEqualTo(1);
        }
    }

    @Test
    void shouldNotReplaceAFileThatIsNoSocket() throws IOException, InterruptedException {
        Path path = Files.writeString(folder.resolve("precious"), "text");
        try (ChildVault vault = ChildVault.launch(path, List.of())) {
            assertThat(vault.nextLine()).contains("a file of another kind");
            assertThat(vault.awaitEnd()).isEqualTo(1);
        }
        assertThat(path).hasContent("text");
    }
}
