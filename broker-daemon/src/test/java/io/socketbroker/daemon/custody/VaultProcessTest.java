package io.socketbroker.daemon.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.socketbroker.linux.OpenDescriptors;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.PidFd;
import io.socketbroker.linux.Signals;
import io.socketbroker.linux.SocketOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class VaultProcessTest {
    private final int before = OwnedFd.openCount();

    @TempDir
    private Path folder;

    @AfterEach
    void shouldLeaveNoDescriptor() {
        assertThat(OwnedFd.openCount()).isEqualTo(before);
    }

    private Path socket() {
        return folder.resolve("vault.sock");
    }

    private int vaultPid() {
        try (RawClient client = RawClient.connect(socket())) {
            return SocketOptions.peerCredentials(client.fd()).pid();
        }
    }

    @Test
    void shouldStartAVaultThatHasNothingOfItsParent() throws IOException {
        try (VaultProcess starter = VaultProcess.ofThisJvm(socket())) {
            starter.start();
            int pid = vaultPid();
            // The fields behind the name, which ends with the last parenthesis: proc_pid_stat(5).
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5);
            assertThat(fields[3]).as("its session").isEqualTo(Integer.toString(pid));
            assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd"))).isEqualTo(Path.of("/"));
            Map<Integer, String> descriptors = OpenDescriptors.of(pid);
            assertThat(descriptors).containsEntry(0, "/dev/null").containsEntry(1, "/dev/null");
            assertThat(descriptors.get(2)).startsWith("pipe:");
            assertThat(descriptors.values())
                    .filteredOn(target -> target.startsWith("socket:"))
                    .hasSizeBetween(1, 2);
            assertThat(Files.readString(Path.of("/proc/" + pid + "/cmdline")))
                    .contains("socketbroker")
                    .doesNotContain("grpc", "netty", "protobuf", "slf4j");
            end(pid);
            // The next one reaps it and takes its place, although its socket is still there.
            starter.start();
            end(vaultPid());
        }
    }

    private static void end(int pid) {
        try (OwnedFd pidfd = PidFd.open(pid)) {
            PidFd.sendSignal(pidfd.fd(), Signals.SIGKILL);
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> !Files.exists(Path.of("/proc/" + pid + "/fd/0")));
    }

    @Test
    void shouldTellWhatTheVaultSaysWhenItDoesNotStart() throws IOException {
        try (ChildVault _ = ChildVault.start(socket());
                VaultProcess starter = VaultProcess.ofThisJvm(socket())) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(starter::start)
                    .withMessageContaining("another vault serves here");
        }
    }

    @Test
    void shouldNotTakeAnyProgramForAVault() {
        for (List<String> command : List.of(List.of("/bin/true"), List.of("/bin/echo", "x"), List.of("/nowhere"))) {
            try (VaultProcess starter = new VaultProcess(command, Map.of())) {
                assertThatExceptionOfType(IOException.class)
                        .isThrownBy(starter::start)
                        .withMessageStartingWith("the vault did not start: ");
            }
        }
    }
}
