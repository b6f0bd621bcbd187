package io.socketbroker.linux;

import static io.socketbroker.linux.Failures.NOT_OPEN;
import static io.socketbroker.linux.Texts.bytes;
import static io.socketbroker.linux.Texts.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.socketbroker.linux.SpawnRequest.Mapping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExecTest {

    @Test
    void shouldBecomeTheProgramWithItsSocket(@TempDir Path directory) throws Exception {
        var path = directory.resolve("exec.sock");
        var command = ForkedJvm.underIgnoringShell(ForkedJvm.command(ExecMain.class, List.of(), path.toString()));
        try (var listener = Sockets.listenUnix(path, Sockets.SOCK_STREAM, 1)) {
            SocketOptions.setReceiveTimeout(listener.fd(), Duration.ofSeconds(30));
            var process = new ProcessBuilder(command).start();
            try (var socket = Sockets.accept(listener.fd(), false).orElseThrow()) {
                SocketOptions.setReceiveTimeout(socket.fd(), Duration.ofSeconds(30));
                Io.write(socket.fd(), bytes("hello"), 0, 5);
                var buffer = new byte[10];
                assertThat(Io.read(socket.fd(), buffer)).isEqualTo(5);
                assertThat(text(buffer, 5)).isEqualTo("hello");
                look(Math.toIntExact(process.pid()));
            }
            assertThat(process.waitFor()).isZero();
            process.getOutputStream().close();
            process.getInputStream().close();
            process.getErrorStream().close();
        }
    }

    private static void look(int pid) throws Exception {
        assertThat(Files.readString(Path.of("/proc", Integer.toString(pid), "comm")))
                .isEqualTo("cat\n");
        assertThat(Children.status(pid, "SigBlk")).isEqualTo("0000000000000000");
        // Signals 32 and 33 belong to glibc: whoever started the test may have them ignored.
        assertThat(Long.parseUnsignedLong(Children.status(pid, "SigIgn"), 16) & ~(3L << 31))
                .isZero();
        assertThat(Children.status(pid, "Threads")).isEqualTo("1");
        assertThat(Children.strings(pid, "environ")).containsExactly("ONLY=this");
        assertThat(Children.strings(pid, "cmdline")).containsExactly("cat", "-u");
        var open = Children.descriptors(pid);
        assertThat(open.keySet()).containsExactly(0, 1, 2, 3, 7);
        assertThat(open.get(0)).startsWith("socket:").isEqualTo(open.get(1)).isEqualTo(open.get(3));
        assertThat(open.get(7)).startsWith("socket:").isEqualTo(open.get(0));
    }

    /** Connects and becomes cat on the socket; descriptor 3 is one that the JVM itself uses. */
    static final class ExecMain {
        private ExecMain() {}

        public static void main(String[] arguments) {
            var socket = Sockets.connectUnix(Path.of(arguments[0]), Sockets.SOCK_STREAM)
                    .fd();
            var leak = Pipes.create().readEnd().fd();
            DescriptorFlags.setCloseOnExec(leak, false);
            throw Exec.replaceProcess(
                    "/bin/cat",
                    List.of("cat", "-u"),
                    Map.of("ONLY", "this"),
                    List.of(
                            new Mapping(socket, 0),
                            new Mapping(socket, 1),
                            new Mapping(socket, 3),
                            new Mapping(socket, 7)));
        }
    }

    @Test
    void shouldReturnTheFailureUnchanged(@TempDir Path directory) throws Exception {
        var before = OpenDescriptors.ofThisProcess();
        var plain = Files.writeString(directory.resolve("plain"), "text").toString();
        assertThat(Exec.replaceProcess("/no/such/program", List.of("x"), Map.of(), List.of()))
                .hasMessage("execve of /no/such/program: ENOENT (No such file or directory)");
        assertThat(Exec.replaceProcess(plain, List.of("x"), Map.of(), List.of()).errno())
                .isEqualTo(Errno.EACCES);
        assertThat(Exec.replaceProcess("/bin/cat", List.of("x"), Map.of(), List.of(new Mapping(NOT_OPEN, 2000)))
                        .errno())
                .isEqualTo(Errno.EBADF);
        await().untilAsserted(() -> assertThat(OpenDescriptors.ofThisProcess()).isEqualTo(before));
    }

    @Test
    void shouldReturnTheFailureOfExecveItself(@TempDir Path directory) throws Exception {
        var noProgram = Files.writeString(directory.resolve("text"), "no program");
        assertThat(noProgram.toFile().setExecutable(true)).isTrue();
        var output = ForkedJvm.run(ForkedJvm.command(FailingMain.class, List.of(), noProgram.toString()));
        assertThat(output).containsExactly("execve of " + noProgram + ": ENOEXEC (Exec format error)");
    }

    /** Prints why it could not become the program. */
    static final class FailingMain {
        private FailingMain() {}

        public static void main(String[] arguments) {
            var failure = Exec.replaceProcess(arguments[0], List.of("x"), Map.of(), List.of());
            System.out.println(failure.getMessage());
        }
    }

    @Test
    void shouldRefuseRequestsThatMakeNoSense() {
        assertThatThrownBy(() -> Exec.replaceProcess("cat", List.of("cat"), Map.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        var twice = List.of(new Mapping(Fd.STDIN, 5), new Mapping(Fd.STDIN, 5));
        assertThatThrownBy(() -> Exec.replaceProcess("/bin/cat", List.of("cat"), Map.of(), twice))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
