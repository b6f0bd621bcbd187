package io.socketbroker.daemon.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.daemon.vault.Vault;
import io.socketbroker.linux.OpenDescriptors;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.PidFd;
import io.socketbroker.linux.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real vault in a process of its own, with the options that it is shipped with. */
final class ChildVault implements AutoCloseable {
    private final Path socket;
    private final Process process;
    private final BufferedReader errors;

    private ChildVault(Path socket, Process process) {
        this.socket = socket;
        this.process = process;
        this.errors = process.errorReader();
    }

    /** Starts one, and waits until it serves. */
    static ChildVault start(Path socket) throws IOException {
        return start(socket, List.of());
    }

    /** The same behind another program, such as prlimit. */
    static ChildVault start(Path socket, List<String> wrapper) throws IOException {
        ChildVault vault = launch(socket, wrapper);
        assertThat(vault.nextLine()).isEqualTo(Vault.SERVING + socket);
        return vault;
    }

    /** Starts one that may refuse to serve. */
    static ChildVault launch(Path socket, List<String> wrapper) throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(VaultCommand.ofThisJvm(socket));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("MALLOC_ARENA_MAX", "1");
        return new ChildVault(socket, builder.start());
    }

    String nextLine() throws IOException {
        return String.valueOf(errors.readLine());
    }

    Path socket() {
        return socket;
    }

    int pid() {
        return Math.toIntExact(process.pid());
    }

    /** By number; without the files that the JVM may open at any time. */
    Map<Integer, String> descriptors() {
        Map<Integer, String> open = new TreeMap<>(OpenDescriptors.of(pid()));
        open.values().removeIf(target -> target.startsWith("/") && !target.startsWith("/dev/null"));
        return open;
    }

    void signal(int signal) {
        try (OwnedFd pidfd = PidFd.open(pid())) {
            PidFd.sendSignal(pidfd.fd(), signal);
        }
    }

    /** SIGSTOP, until none of its threads runs any more. */
    void stop() {
        signal(Signals.SIGSTOP);
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            try (Stream<Path> tasks = Files.list(Path.of("/proc", Integer.toString(pid()), "task"))) {
                return tasks.allMatch(ChildVault::isStopped);
            }
        });
    }

    private static boolean isStopped(Path task) {
        try {
            return Files.readAllLines(task.resolve("status")).stream().anyMatch(line -> line.startsWith("State:\tT"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).as("the vault ends").isTrue();
        return process.exitValue();
    }

    /** kill -9. */
    void kill() throws InterruptedException {
        signal(Signals.SIGKILL);
        awaitEnd();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
        try {
            errors.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
