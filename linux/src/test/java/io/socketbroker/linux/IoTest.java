package io.socketbroker.linux;

import static io.socketbroker.linux.Failures.NOT_OPEN;
import static io.socketbroker.linux.Failures.assertFails;
import static io.socketbroker.linux.Texts.bytes;
import static io.socketbroker.linux.Texts.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class IoTest {

    private final byte[] buffer = new byte[100];

    @Test
    void shouldReadWhatWasWritten() {
        try (var pipe = Pipes.create()) {
            assertThat(Io.write(pipe.writeEnd().fd(), bytes("-hello-"), 1, 5)).isEqualTo(5);
            assertThat(Io.read(pipe.readEnd().fd(), buffer)).isEqualTo(5);
            assertThat(text(buffer, 5)).isEqualTo("hello");
        }
    }

    @Test
    void shouldSayWouldBlockInsteadOfWaiting() {
        try (var pipe = Pipes.create()) {
            DescriptorFlags.setNonBlocking(pipe.readEnd().fd(), true);
            DescriptorFlags.setNonBlocking(pipe.writeEnd().fd(), true);
            assertThat(Io.read(pipe.readEnd().fd(), buffer)).isEqualTo(Io.WOULD_BLOCK);
            var large = new byte[1 << 20];
            int written = Io.write(pipe.writeEnd().fd(), large, 0, large.length);
            assertThat(written).isBetween(4096, large.length - 1);
            assertThat(Io.write(pipe.writeEnd().fd(), large, 0, large.length)).isEqualTo(Io.WOULD_BLOCK);
        }
    }

    @Test
    void shouldSeeTheEnd() {
        try (var pipe = Pipes.create()) {
            pipe.writeEnd().close();
            assertThat(Io.read(pipe.readEnd().fd(), buffer)).isZero();
        }
    }

    @Test
    void shouldReportAMissingReader() {
        try (var pipe = Pipes.create()) {
            pipe.readEnd().close();
            assertFails(Errno.EPIPE, () -> Io.write(pipe.writeEnd().fd(), buffer, 0, 1));
        }
    }

    @Test
    void shouldReportADescriptorThatIsNotOpen() {
        assertFails(Errno.EBADF, () -> Io.read(NOT_OPEN, buffer))
                .satisfies(e -> assertThat(e).hasMessage("read on descriptor 987: EBADF (Bad file descriptor)"));
        assertFails(Errno.EBADF, () -> Io.write(NOT_OPEN, buffer, 0, 1));
        try (var pipe = Pipes.create()) {
            assertFails(Errno.EBADF, () -> Io.write(pipe.readEnd().fd(), buffer, 0, 1));
        }
    }

    @Test
    void shouldMakePipesCloseOnExecAndBlocking() {
        try (var pipe = Pipes.create()) {
            assertThat(DescriptorFlags.isCloseOnExec(pipe.readEnd().fd())).isTrue();
            assertThat(DescriptorFlags.isCloseOnExec(pipe.writeEnd().fd())).isTrue();
            assertThat(DescriptorFlags.isNonBlocking(pipe.readEnd().fd())).isFalse();
        }
    }

    @Test
    void shouldKnowItsUser() throws Exception {
        var owner = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        assertThat(Users.uid()).isEqualTo(owner);
        var group = Files.getAttribute(Path.of("/proc/self"), "unix:gid");
        assertThat(Users.gid()).isEqualTo(group);
    }
}
