package io.socketbroker.daemon.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.socketbroker.daemon.vault.Frame;
import io.socketbroker.daemon.vault.Kind;
import io.socketbroker.daemon.vault.Reason;
import io.socketbroker.linux.Users;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Vault and broker serve their own user only, and ask the kernel who that is. Only root can act as another one. */
@Timeout(60)
class OtherUserTest {
    private static final String NOBODY = "65534";

    private static final String CLIENT = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            s.connect(sys.argv[1])
            print(s.recv(4096).hex(), flush=True)
            print(len(s.recv(4096)), flush=True)
            """;

    private static final String VAULT = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            s.bind(sys.argv[1])
            s.listen(8)
            print("ready", flush=True)
            print(len(s.accept()[0].recv(4096)), flush=True)
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void letEverybodyIn() throws IOException {
        Assumptions.assumeTrue(Users.uid() == 0, "only root can act as another user");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    private static Process python(String script, Path socket) throws IOException {
        List<String> command = new ArrayList<>(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY));
        command.addAll(List.of("--clear-groups", "/usr/bin/python3", "-I", "-c", script, socket.toString()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    void shouldTurnAPeerOfAnotherUserAway() throws IOException {
        try (ChildVault vault = ChildVault.start(folder.resolve("vault.sock"))) {
            // Even if somebody opened the file to all.
            Files.setPosixFilePermissions(vault.socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
            try (BufferedReader output = python(CLIENT, vault.socket()).inputReader()) {
                Frame answer = Frame.decode(HexFormat.of().parseHex(output.readLine()));
                assertThat(answer.kind()).isEqualTo(Kind.REFUSED);
                assertThat(answer.reason()).isEqualTo(Reason.FOREIGN_USER);
                assertThat(output.readLine()).as("the connection is closed").isEqualTo("0");
            }
            RawClient.open(vault.socket()).close();
        }
    }

    @Test
    void shouldGiveNothingToAVaultOfAnotherUser() throws IOException {
        Path path = folder.resolve("foreign.sock");
        Process foreign = python(VAULT, path);
        try (BufferedReader output = foreign.inputReader()) {
            assertThat(output.readLine()).isEqualTo("ready");
            VaultCustody custody = new VaultCustody(path, new NoStarter(), VaultSettings.DEFAULT);
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(custody::recover)
                    .withMessageContaining(path.toString())
                    .withMessageContaining("belongs to uid " + NOBODY);
            custody.close();
            assertThat(output.readLine()).as("bytes that it got").isEqualTo("0");
        } finally {
            foreign.destroy();
        }
    }
}
