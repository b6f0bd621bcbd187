package io.socketbroker.linux;

import static io.socketbroker.linux.Failures.NOT_OPEN;
import static io.socketbroker.linux.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socketbroker.linux.SpawnRequest.Mapping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SpawnerFailureTest {

    private static SpawnRequest request(String program, Optional<String> directory) {
        return new SpawnRequest(program, List.of("name"), Map.of(), List.of(), directory, false);
    }

    @Test
    void shouldNameAProgramThatIsMissing() {
        assertFails(Errno.ENOENT, () -> Spawner.spawn(request("/no/such/program", Optional.empty())))
                .satisfies(e -> assertThat(e)
                        .hasMessage("posix_spawn of /no/such/program: ENOENT (No such file or directory)"));
    }

    @Test
    void shouldNameAProgramThatMayNotBeExecuted(@TempDir Path directory) throws Exception {
        var file = Files.writeString(directory.resolve("plain"), "text").toString();
        assertFails(Errno.EACCES, () -> Spawner.spawn(request(file, Optional.empty())))
                .satisfies(e -> assertThat(e).hasMessageContaining(file));
    }

    @Test
    void shouldNameAFileThatIsNoProgram(@TempDir Path directory) throws Exception {
        var file = Files.writeString(directory.resolve("text"), "no program");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        assertFails(Errno.ENOEXEC, () -> Spawner.spawn(request(file.toString(), Optional.empty())))
                .satisfies(e -> assertThat(e).hasMessageContaining(file.toString()));
    }

    @Test
    void shouldNameADirectoryThatIsMissing() {
        assertFails(Errno.ENOENT, () -> Spawner.spawn(request("/bin/cat", Optional.of("/no/such/dir"))))
                .satisfies(e -> assertThat(e).hasMessageContaining("/bin/cat in directory /no/such/dir"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2000})
    void shouldReportASourceThatIsNotOpen(int target) {
        var mappings = List.of(new Mapping(NOT_OPEN, target));
        assertFails(Errno.EBADF, () -> Spawner.spawn(Children.cat(mappings)));
    }

    @Test
    void shouldReportArgumentsThatAreTooLong() {
        var request = new SpawnRequest(
                "/bin/cat", List.of("cat", "x".repeat(1 << 20)), Map.of(), List.of(), Optional.empty(), false);
        assertFails(Errno.E2BIG, () -> Spawner.spawn(request));
    }

    @Test
    void shouldRefuseRequestsThatMakeNoSense() {
        var args = List.of("cat");
        assertRefused("absolute", () -> request("cat", Optional.empty()));
        assertRefused("absolute", () -> request("", Optional.empty()));
        assertRefused("argv[0]", () -> create(List.of(), Map.of()));
        assertRefused("zero character", () -> create(List.of("a\0b"), Map.of()));
        assertRefused("zero character", () -> create(args, Map.of("A", "\0")));
        assertRefused("zero character", () -> create(args, Map.of("A\0", "")));
        assertRefused("zero character", () -> request("/bin/c\0t", Optional.empty()));
        assertRefused("zero character", () -> request("/bin/cat", Optional.of("\0")));
        assertRefused("name of a variable", () -> create(args, Map.of("", "x")));
        assertRefused("name of a variable", () -> create(args, Map.of("A=B", "x")));
        assertRefused("target 3", () -> Children.cat(List.of(new Mapping(Fd.STDIN, 3), new Mapping(Fd.STDOUT, 3))));
        assertRefused("negative", () -> new Mapping(Fd.STDIN, -1));
    }

    private static SpawnRequest create(List<String> arguments, Map<String, String> environment) {
        return new SpawnRequest("/bin/cat", arguments, environment, List.of(), Optional.empty(), false);
    }

    private static void assertRefused(String reason, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(reason);
    }
}
