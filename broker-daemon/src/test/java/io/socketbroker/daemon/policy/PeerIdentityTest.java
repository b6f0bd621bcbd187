package io.socketbroker.daemon.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.daemon.core.Caller;
import io.socketbroker.linux.Sockets;
import io.socketbroker.linux.Users;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerIdentityTest {
    @Test
    void shouldTakeUidAndPidFromTheKernel() {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SOCK_SEQPACKET)) {
            Caller caller =
                    new PeerIdentity(OptionalInt.empty()).of(pair.first().fd());
            assertThat(caller.uid()).isEqualTo(Users.uid());
            assertThat(caller.pid()).isEqualTo((int) ProcessHandle.current().pid());
            assertThat(caller.administrator()).isEqualTo(Users.uid() == 0);
        }
    }

    @Test
    void shouldMakeMembersOfTheGroupAdministrators(@TempDir Path folder) throws IOException {
        Path groups = Files.writeString(
                folder.resolve("group"), "root:x:0:\nsocketbroker:x:" + Users.gid() + ":alice\nbroken line\n");
        try (Sockets.Pair pair = Sockets.pair(Sockets.SOCK_SEQPACKET)) {
            assertThat(PeerIdentity.fromGroupFile(groups).of(pair.first().fd()).administrator())
                    .isTrue();
        }
    }

    @Test
    void shouldDoWithoutAGroupFile(@TempDir Path folder) {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SOCK_SEQPACKET)) {
            Caller caller = PeerIdentity.fromGroupFile(folder.resolve("none"))
                    .of(pair.first().fd());
            assertThat(caller.administrator()).isEqualTo(Users.uid() == 0);
        }
    }
}
