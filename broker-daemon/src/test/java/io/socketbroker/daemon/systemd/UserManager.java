package io.socketbroker.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A real systemd user manager in a folder. Whatever runs in it is killed when it is closed, and when this JVM ends. Also for
 * the whole-process tests, where it comes from a jar.
 */
public final class UserManager implements AutoCloseable {
    private static final String SYSTEMD = "/lib/systemd/systemd";

    private final Path folder;
    private final Process script;
    private final Writer commands;
    private final BufferedReader answers;

    /** As the other, with the units of the test resources. */
    UserManager(Path folder, boolean bus) throws Exception {
        this(folder, bus, testUnits());
    }

    /**
     * Starts it; skips the test where that is not possible, or fails it where CI=true.
     *
     * @param folder for all its files; the path should be short, as sockets are in it
     * @param bus also run a message bus in it
     * @param shipped unit files to copy
     */
    public UserManager(Path folder, boolean bus, List<Path> shipped) throws Exception {
        this.folder = folder;
        Files.createDirectory(
                runtime(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createDirectory(runtimeDirectory());
        Files.createDirectories(units());
        for (Path unit : shipped) {
            Files.copy(unit, units().resolve(unit.getFileName().toString()));
        }
        // An empty file masks a unit, as a link to /dev/null does.
        Files.createFile(units().resolve("masked@.service"));
        if (!bus) {
            Files.createFile(units().resolve("dbus.socket"));
        }
        ProcessBuilder builder = new ProcessBuilder(
                "bash",
                "-c",
                "exec unshare --mount bash \"$0\" outside \"$1\"",
                script(folder).toString(),
                folder.toString());
        builder.redirectError(folder.resolve("script.log").toFile());
        script = builder.start();
        commands = script.outputWriter(StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(script.getInputStream(), StandardCharsets.UTF_8));
        boolean started = false;
        try {
            start();
            Path socket = runtime().resolve("bus");
            requireOrSkip(!bus || appears(socket), "this test needs dbus-user-session: there is no " + socket);
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    /** The manager answers before its sockets.target is reached. */
    private static boolean appears(Path socket) {
        try {
            await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(socket));
            return true;
        } catch (ConditionTimeoutException _) {
            return false;
        }
    }

    /** A copy, as bash cannot read from a jar. */
    private static Path script(Path folder) throws IOException {
        Path copy = folder.resolve("user-manager.sh");
        try (InputStream script =
                Objects.requireNonNull(UserManager.class.getResourceAsStream("/systemd/user-manager.sh"))) {
            Files.copy(script, copy);
        }
        return copy;
    }

    private static List<Path> testUnits() throws IOException, URISyntaxException {
        Path folder = Path.of(Objects.requireNonNull(UserManager.class.getResource("/systemd/units"))
                .toURI());
        try (var units = Files.list(folder)) {
            return units.toList();
        }
    }

    /** Aborts the test where something is not possible, or fails it where CI=true. */
    public static void requireOrSkip(boolean possible, String why) {
        if (!possible && "true".equals(System.getenv("CI"))) {
            Assertions.fail(why);
        }
        Assumptions.assumeTrue(possible, why);
    }

    /** Its XDG_RUNTIME_DIR. */
    public Path runtime() {
        return folder.resolve("run");
    }

    /** Where it finds unit files. */
    public Path units() {
        return folder.resolve("config/systemd/user");
    }

    /** For brokers: what the units call %t/socketbroker. */
    public Path runtimeDirectory() {
        return runtime().resolve("socketbroker");
    }

    /** Of a broker in this manager. */
    public Map<String, String> environment() {
        return Map.of("XDG_RUNTIME_DIR", runtime().toString());
    }

    /** Returns once it listens. */
    void start() throws IOException {
        String answer;
        try {
            answer = command("start");
        } catch (IOException e) {
            answer = e.toString();
        }
        requireOrSkip(
                answer.equals("ok") && Files.isExecutable(Path.of(SYSTEMD)),
                "no systemd user manager can run here (it takes root, unshare, a cgroup2 and " + SYSTEMD + "): "
                        + answer + " " + Files.readString(folder.resolve("script.log")));
        await().atMost(20, TimeUnit.SECONDS).until(this::listens);
    }

    private boolean listens() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(runtime().resolve("systemd/private")));
        } catch (IOException _) {
            return false;
        }
    }

    /** With SIGKILL. Processes of its units go on. */
    void kill() throws IOException {
        assertThat(command("kill")).isEqualTo("ok");
    }

    /** As after new unit files. */
    public void reload() throws IOException {
        assertThat(command("reload")).isEqualTo("ok");
    }

    /** As after an upgrade of systemd. */
    void reexecute() throws IOException {
        assertThat(command("reexec")).isEqualTo("ok");
    }

    /** A bus is started by its first client, and the manager takes its name there only after that. */
    void awaitOnBus() {
        await().atMost(20, TimeUnit.SECONDS).until(() -> {
            Process busctl = new ProcessBuilder(
                            "busctl",
                            "--address=unix:path=" + runtime().resolve("bus"),
                            "call",
                            "org.freedesktop.DBus",
                            "/org/freedesktop/DBus",
                            "org.freedesktop.DBus",
                            "NameHasOwner",
                            "s",
                            "org.freedesktop.systemd1")
                    .redirectErrorStream(true)
                    .start();
            String answer = busctl.inputReader().readAllAsString();
            return busctl.waitFor() == 0 && answer.strip().equals("b true");
        });
    }

    /** Runs systemctl(1) and gives what it prints; its failure is the test's. */
    public String systemctl(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("systemctl", "--user", "--no-pager"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(Set.of("DBUS_SESSION_BUS_ADDRESS", "XDG_CONFIG_HOME"));
        builder.environment().putAll(environment());
        Process systemctl = builder.start();
        String output = systemctl.inputReader().readAllAsString();
        assertThat(systemctl.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(systemctl.exitValue()).as("%s: %s", command, output).isZero();
        return output.strip();
    }

    /** What a unit of the test has written. */
    String written(String file) {
        try {
            return Files.readString(runtime().resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String command(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        return String.valueOf(answers.readLine());
    }

    @Override
    public void close() throws IOException {
        try {
            commands.close();
        } catch (IOException _) {
            // It has ended before.
        }
        await().atMost(30, TimeUnit.SECONDS).until(() -> !script.isAlive());
        answers.close();
    }
}
