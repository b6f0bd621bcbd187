package io.socketbroker.linux;

import static io.socketbroker.linux.Failures.NOT_OPEN;
import static io.socketbroker.linux.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DescriptorFlagsTest {

    @Test
    void shouldShareNonBlockingAmongDuplicates() {
        try (var pair = Sockets.pair(Sockets.SOCK_STREAM);
                var duplicate = pair.first().duplicate()) {
            assertThat(DescriptorFlags.isNonBlocking(duplicate.fd())).isFalse();
            DescriptorFlags.setNonBlocking(pair.first().fd(), true);
            DescriptorFlags.setNonBlocking(pair.first().fd(), true);
            assertThat(DescriptorFlags.isNonBlocking(duplicate.fd())).isTrue();
            DescriptorFlags.setNonBlocking(duplicate.fd(), false);
            assertThat(DescriptorFlags.isNonBlocking(pair.first().fd())).isFalse();
        }
    }

    @Test
    void shouldKeepCloseOnExecToOneDescriptor() {
        try (var pair = Sockets.pair(Sockets.SOCK_STREAM);
                var duplicate = pair.first().duplicate()) {
            DescriptorFlags.setCloseOnExec(duplicate.fd(), false);
            assertThat(DescriptorFlags.isCloseOnExec(duplicate.fd())).isFalse();
            assertThat(DescriptorFlags.isCloseOnExec(pair.first().fd())).isTrue();
            DescriptorFlags.setCloseOnExec(duplicate.fd(), true);
            assertThat(DescriptorFlags.isCloseOnExec(duplicate.fd())).isTrue();
        }
    }

    @Test
    void shouldTellSocketsFromOtherFiles() {
        try (var pair = Sockets.pair(Sockets.SOCK_DGRAM);
                var pipe = Pipes.create()) {
            assertThat(DescriptorFlags.isSocket(pair.first().fd())).isTrue();
            assertThat(DescriptorFlags.isSocket(pipe.readEnd().fd())).isFalse();
        }
    }

    @Test
    void shouldReportADescriptorThatIsNotOpen() {
        assertFails(Errno.EBADF, () -> DescriptorFlags.isNonBlocking(NOT_OPEN));
        assertFails(Errno.EBADF, () -> DescriptorFlags.setNonBlocking(NOT_OPEN, true));
        assertFails(Errno.EBADF, () -> DescriptorFlags.isCloseOnExec(NOT_OPEN));
        assertFails(Errno.EBADF, () -> DescriptorFlags.setCloseOnExec(NOT_OPEN, true));
        assertFails(Errno.EBADF, () -> DescriptorFlags.isSocket(NOT_OPEN));
    }
}
