package io.socketbroker.linux;

import static io.socketbroker.linux.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OpenDescriptorsTest {

    @Test
    void shouldShowNumberAndTarget() {
        try (var pair = Sockets.pair(Sockets.SOCK_STREAM);
                var pipe = Pipes.create()) {
            assertThat(OpenDescriptors.ofThisProcess())
                    .containsKeys(pair.first().number(), pair.second().number())
                    .hasEntrySatisfying(
                            pair.first().number(), target -> assertThat(target).startsWith("socket:["))
                    .hasEntrySatisfying(
                            pipe.readEnd().number(),
                            target -> assertThat(target).startsWith("pipe:["));
        }
    }

    @Test
    void shouldLeaveOutTheListingItself() {
        assertThat(OpenDescriptors.ofThisProcess().values())
                .isNotEmpty()
                .noneMatch(target -> target.startsWith("/proc/"));
    }

    @Test
    void shouldShowAnotherProcess() throws Exception {
        var process = new ProcessBuilder("/bin/cat").start();
        assertThat(OpenDescriptors.of(Math.toIntExact(process.pid()))).containsKeys(0, 1, 2);
        process.getOutputStream().close();
        process.waitFor();
        process.getInputStream().close();
        process.getErrorStream().close();
    }

    @Test
    void shouldFailWithoutSuchAProcess() {
        assertFails(Errno.ENOENT, () -> OpenDescriptors.of(Integer.MAX_VALUE))
                .satisfies(e -> assertThat(e).hasMessageContaining("/proc/2147483647/fd"));
    }
}
