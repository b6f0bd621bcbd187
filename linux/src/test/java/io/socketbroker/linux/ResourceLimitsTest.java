package io.socketbroker.linux;

import static io.socketbroker.linux.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.SpawnRequest.Mapping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ResourceLimitsTest {

    @Test
    void shouldReadItsOwnLimit() throws Exception {
        var limit = ResourceLimits.openFiles();
        assertThat(limitsOf("self")).contains(limit.soft() + " " + limit.hard());
    }

    @Test
    void shouldSetItsOwnLimit() {
        var limit = ResourceLimits.openFiles();
        ResourceLimits.setOpenFiles(limit.soft() - 1, limit.hard());
        assertThat(ResourceLimits.openFiles()).isEqualTo(new ResourceLimits.Limit(limit.soft() - 1, limit.hard()));
        ResourceLimits.setOpenFiles(limit.soft(), limit.hard());
        assertThat(ResourceLimits.openFiles()).isEqualTo(limit);
    }

    @Test
    void shouldSetTheLimitOfAChild() throws Exception {
        try (var pipe = Pipes.create()) {
            var process = Spawner.spawn(
                    Children.cat(List.of(new Mapping(pipe.readEnd().fd(), 0))));
            ResourceLimits.setOpenFilesOf(process.pid(), 100, 200);
            assertThat(limitsOf(Integer.toString(process.pid()))).contains("100 200");
            pipe.writeEnd().close();
            Children.assertEndsWell(process);
        }
    }

    @Test
    void shouldReportFailures() {
        assertFails(Errno.EINVAL, () -> ResourceLimits.setOpenFiles(200, 100));
        assertFails(Errno.EPERM, () -> ResourceLimits.setOpenFiles(100, ResourceLimits.UNLIMITED));
        assertFails(Errno.ESRCH, () -> ResourceLimits.setOpenFilesOf(Integer.MAX_VALUE, 100, 200))
                .satisfies(e -> assertThat(e).hasMessageContaining("process 2147483647"));
    }

    private static String limitsOf(String process) throws Exception {
        return Files.readAllLines(Path.of("/proc", process, "limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .findAny()
                .orElseThrow()
                .replaceAll(" +", " ");
    }
}
