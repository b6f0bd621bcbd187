package io.socketbroker.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.socketbroker.linux.DescriptorChannel.Received;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Control messages that other senders and socket options produce. */
final class ControlMessagesTest {

    private static final int SO_PASSCRED = 16;
    private static final int SO_PASSPIDFD = 76;

    private final ControlMessages control = new ControlMessages();
    private final NativeBlock memory = control.block(); // where the test writes what a kernel would

    private long write(long offset, int level, int type, int... data) {
        memory.setLong(offset, 16L + 4L * data.length);
        memory.setInt(offset + 8, level);
        memory.setInt(offset + 12, type);
        for (int i = 0; i < data.length; i++) {
            memory.setInt(offset + 16 + 4L * i, data[i]);
        }
        return offset + (16 + 4L * data.length + 7) / 8 * 8;
    }

    private List<OwnedFd> taken(long length) {
        var taken = new ArrayList<OwnedFd>();
        control.takeDescriptors(length, taken);
        return taken;
    }

    @Test
    void shouldMergeSeveralMessagesAndSkipOthers() {
        var first = Pipes.create();
        var second = Pipes.create();
        long end = write(0, Abi.SOL_SOCKET, 2, 1, 0, 0); // SCM_CREDENTIALS
        end = write(end, Abi.SOL_SOCKET, Abi.SCM_RIGHTS, first.readEnd().release());
        end = write(end, 99, Abi.SCM_RIGHTS, 0); // another level: not a descriptor
        end = write(end, Abi.SOL_SOCKET, Abi.SCM_PIDFD, second.readEnd().release());
        end = write(end, Abi.SOL_SOCKET, Abi.SCM_PIDFD, -3);
        end = write(
                end,
                Abi.SOL_SOCKET,
                Abi.SCM_RIGHTS,
                first.writeEnd().release(),
                second.writeEnd().release());
        var taken = taken(end);
        assertThat(taken).hasSize(3);
        taken.forEach(OwnedFd::close);
    }

    @Test
    void shouldStopAtAMessageThatIsCutOff() {
        try (var pipe = Pipes.create()) {
            long end = write(0, Abi.SOL_SOCKET, Abi.SCM_RIGHTS, pipe.readEnd().release());
            write(end, Abi.SOL_SOCKET, Abi.SCM_RIGHTS, 0, 0, 0);
            var taken = taken(end + 20);
            assertThat(taken).hasSize(1);
            taken.getFirst().close();
        }
        memory.setLong(0, 3);
        assertThat(taken(64)).isEmpty();
        assertThat(taken(8)).isEmpty();
        assertThat(taken(0)).isEmpty();
    }

    @Test
    void shouldReceiveBesideCredentialsAndPidfd() {
        try (var pair = Sockets.pair(Sockets.SOCK_SEQPACKET);
                var pipe = Pipes.create();
                var channel = new DescriptorChannel(64)) {
            assertThat(pass(pair.second(), SO_PASSCRED)).isZero();
            assumeTrue(pass(pair.second(), SO_PASSPIDFD) == 0, "SO_PASSPIDFD came with Linux 6.5");
            channel.send(
                    pair.first().fd(),
                    new byte[1],
                    Collections.nCopies(253, pipe.writeEnd().fd()));
            try (var message = (Received.Message) channel.receive(pair.second().fd())) {
                assertThat(message.descriptors()).hasSize(253);
                assertThat(message.descriptorsTruncated()).isFalse();
                assertThat(OpenDescriptors.ofThisProcess().values()).noneMatch(target -> target.contains("pidfd"));
            }
        }
    }

    private static int pass(OwnedFd socket, int option) {
        var memory = ThreadMemory.current().option();
        memory.setInt(0, 1);
        return LibcOptions.SETSOCKOPT.call(socket.number(), Abi.SOL_SOCKET, option, memory.address(), 4);
    }
}
