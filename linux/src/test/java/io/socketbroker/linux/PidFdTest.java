package io.socketbroker.linux;

import static io.socketbroker.linux.Failures.NOT_OPEN;
import static io.socketbroker.linux.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.linux.SpawnRequest.Mapping;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PidFdTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 77, 255})
    void shouldReportTheExitCode(int code) {
        var process = Spawner.spawn(Children.shell("exit " + code));
        try (var pidfd = process.pidfd()) {
            assertThat(PidFd.waitFor(pidfd.fd(), true)).contains(new ExitStatus.Exited(code));
            assertFails(Errno.ECHILD, () -> PidFd.waitFor(pidfd.fd(), true));
        }
    }

    @Test
    void shouldReportTheSignal() {
        try (var pipe = Pipes.create()) {
            var process = Spawner.spawn(
                    Children.cat(List.of(new Mapping(pipe.readEnd().fd(), 0))));
            try (var pidfd = process.pidfd()) {
                assertThat(PidFd.waitFor(pidfd.fd(), false)).isEmpty();
                PidFd.sendSignal(pidfd.fd(), 0);
                PidFd.sendSignal(pidfd.fd(), Signals.SIGTERM);
                await().until(() -> Children.stat(process.pid(), 3).equals("Z"));
                assertThat(PidFd.waitFor(pidfd.fd(), false)).contains(new ExitStatus.Signaled(Signals.SIGTERM, false));
                PidFd.sendSignal(pidfd.fd(), Signals.SIGKILL); // reaped: no effect
            }
        }
    }

    @Test
    void shouldReportASignalThatDumpsCore() {
        var process = Spawner.spawn(Children.shell("kill -ABRT $$"));
        try (var pidfd = process.pidfd()) {
            assertThat(PidFd.waitFor(pidfd.fd(), true).orElseThrow())
                    .isInstanceOfSatisfying(
                            ExitStatus.Signaled.class,
                            end -> assertThat(end.signal()).isEqualTo(Signals.SIGABRT));
        }
    }

    @Test
    void shouldOpenAnyProcess() {
        try (var pidfd = PidFd.open(Math.toIntExact(ProcessHandle.current().pid()))) {
            PidFd.sendSignal(pidfd.fd(), 0);
            assertThat(DescriptorFlags.isCloseOnExec(pidfd.fd())).isTrue();
            assertFails(Errno.ECHILD, () -> PidFd.waitFor(pidfd.fd(), false));
            assertFails(Errno.EINVAL, () -> PidFd.sendSignal(pidfd.fd(), 1000));
        }
    }

    @Test
    void shouldReportFailures() {
        assertFails(Errno.ESRCH, () -> PidFd.open(Integer.MAX_VALUE))
                .satisfies(e -> assertThat(e).hasMessageContaining("process 2147483647"));
        assertFails(Errno.EBADF, () -> PidFd.waitFor(NOT_OPEN, false));
        assertFails(Errno.EBADF, () -> PidFd.sendSignal(NOT_OPEN, 0));
        try (var pipe = Pipes.create()) {
            assertFails(Errno.EBADF, () -> PidFd.waitFor(pipe.readEnd().fd(), false));
        }
    }
}
