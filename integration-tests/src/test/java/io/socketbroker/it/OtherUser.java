package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Users;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A program of another user that passes on what clients of its folder say: the broker sees that user's credentials. Only
 * root can start it.
 */
final class OtherUser implements AutoCloseable {
    /** nobody: in no group of the broker's. */
    static final int UID = 65_534;

    private final Process relay;
    private final Path folder;

    private OtherUser(Process relay, Path folder) {
        this.relay = relay;
        this.folder = folder;
    }

    /** Starts it for a broker; the test is skipped unless it runs as root. */
    static OtherUser of(BrokerFixture broker) throws IOException {
        Assumptions.assumeTrue(Users.uid() == 0, "only root can act as another user");
        Path folder = Files.createDirectory(broker.home().resolve("u"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        String uid = Integer.toString(UID);
        Process relay = new ProcessBuilder(
                        "setpriv",
                        "--reuid=" + uid,
                        "--regid=" + uid,
                        "--clear-groups",
                        Puppets.PYTHON,
                        "-I",
                        Scripts.copy("as_user.py", broker.home()).toString(),
                        broker.process().runtimeDirectory().toString(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        OtherUser user = broker.closeLater(new OtherUser(relay, folder));
        assertThat(relay.inputReader().readLine()).isEqualTo("ready");
        return user;
    }

    /** A client that the broker takes for that user's. */
    ProtocolClient client(BrokerFixture broker) {
        return broker.closeLater(new ProtocolClient(folder));
    }

    @Override
    public void close() throws IOException {
        relay.getOutputStream().close();
        relay.onExit().orTimeout(15, TimeUnit.SECONDS).join();
        for (String name : new String[] {"grpc.sock", "fd.sock", ""}) {
            Files.delete(folder.resolve(name));
        }
    }
}
