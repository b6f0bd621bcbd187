package io.socketbroker.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
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
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A real systemd user manager in a folder, with the units of the test resources. Whatever runs in it is killed when it is
 * closed, and when this JVM ends.
 */
final class UserManager implements AutoCloseable {
    private static final String SYSTEMD = "/lib/systemd/systemd";

    private final Path folder;
    private final Process script;
    private final Writer commands;
    private final BufferedReader answers;

    /**
     * Starts it; skips the test where that is not possible, or fails it where CI=true.
     *
     * @param bus also run a message bus in it
     */
    UserManager(Path folder, boolean bus) throws Exception {
        this.folder = folder;
        Files.createDirectory(
                runtime(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createDirectory(runtimeDirectory());
        Path units = Files.createDirectories(folder.resolve("config/systemd/user"));
        try (var shipped = Files.list(resource("units"))) {
            for (Path unit : shipped.toList()) {
                Files.copy(unit, units.resolve(unit.getFileName().toString()));
            }
        }
        // An empty file masks a unit, as a link to /dev/null does.
        Files.createFile(units.resolve("masked@.service"));
        if (!bus) {
            Files.createFile(units.resolve("dbus.socket"));
        }
        ProcessBuilder builder = new ProcessBuilder(
                "bash", "-c", "exec unshare --mount bash \"$0\" outside \"$1\"", script(), folder.toString());
        builder.redirectError(folder.resolve("script.log").toFile());
        script = builder.start();
        commands = script.outputWriter(StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(script.getInputStream(), StandardCharsets.UTF_8));
        boolean started = false;
        try {
            start();
            Path socket = runtime().resolve("bus");
            requireOrSkip(!bus || Files.exists(socket), "this test needs dbus-user-session: there is no " + socket);
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    private static String script() throws URISyntaxException {
        return resource("user-manager.sh").toString();
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(UserManager.class.getResource("/systemd/" + name), name)
                .toURI());
    }

    private static void requireOrSkip(boolean possible, String why) {
        if (!possible && "true".equals(System.getenv("CI"))) {
            Assertions.fail(why);
        }
        Assumptions.assumeTrue(possible, why);
    }

    /** Its XDG_RUNTIME_DIR. */
    Path runtime() {
        return folder.resolve("run");
    }

    /** For brokers: what the units call %t/socketbroker. */
    Path runtimeDirectory() {
        return runtime().resolve("socketbroker");
    }

    /** Of a broker in this manager. */
    Map<String, String> environment() {
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
    void reload() throws IOException {
        assertThat(command("reload")).isEqualTo("ok");
    }

    /** As after an upgrade of systemd. */
    void reexecute() throws IOException {
        assertThat(command("reexec")).isEqualTo("ok");
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
