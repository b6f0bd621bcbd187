package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.socketbroker.daemon.systemd.UserManager;
import io.socketbroker.linux.Users;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A real systemd system manager, apart from this machine's own, on a copy of its files: see system-manager.sh. Everything in
 * it ends when it is closed, and when this JVM ends. Not thread-safe.
 */
final class SystemManager implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);

    private final Path folder = BrokerProcess.newHome();
    private final Process script;
    private final BufferedReader answers;
    private String pid = "";

    /** How a command ended, and what it printed. */
    record Outcome(int status, String output) {}

    /** Boots it; skips the test where that is not possible, or fails it where CI=true. */
    SystemManager() throws IOException, InterruptedException {
        Path copy = folder.resolve("system-manager.sh");
        try (InputStream resource =
                Objects.requireNonNull(SystemManager.class.getResourceAsStream("/systemd/system-manager.sh"))) {
            Files.copy(resource, copy);
        }
        script = new ProcessBuilder("unshare", "--mount", "bash", copy.toString(), "outside", folder.toString())
                .redirectError(folder.resolve("script.log").toFile())
                .start();
        answers = script.inputReader();
        boolean started = false;
        try {
            pid = Objects.requireNonNullElse(answers.readLine(), "");
            UserManager.requireOrSkip(
                    !pid.isEmpty() && Users.uid() == 0 && Files.isExecutable(Path.of("/usr/lib/polkit-1/polkitd")),
                    "no systemd system manager can run here (it takes root, unshare, overlayfs, a cgroup2 and polkitd): "
                            + Files.readString(folder.resolve("script.log")));
            Awaitility.await("boot")
                    .atMost(START)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> run("systemctl", "is-system-running", "--wait")
                            .output()
                            .equals("running"));
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    /** A path of the manager's files. */
    Path file(String path) {
        return Path.of("/proc", pid, "root").resolve(path.substring(1));
    }

    /** A folder that both worlds have, as it is called here. */
    Path share() {
        return folder.resolve("share");
    }

    /** The same, as it is called there. */
    static Path shareInside() {
        return Path.of("/mnt/share");
    }

    /** Runs a command among the manager's processes, as root. */
    Outcome run(String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("nsenter", "--all", "--target", pid, "env", "-i", "-C", "/"));
        words.addAll(List.of("PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "SYSTEMD_PAGER="));
        words.addAll(List.of(command));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = process.inputReader().readAllAsString();
        assertThat(process.waitFor(START.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), output.strip());
    }

    /** As the other, of a command that must succeed; gives what it printed. */
    String expect(String... command) throws IOException, InterruptedException {
        Outcome outcome = run(command);
        if (outcome.status() != 0) {
            String journal =
                    run("journalctl", "--quiet", "-o", "cat", "-n", "40").output();
            fail("%s: %s\nThe journal:\n%s", List.of(command), outcome.output(), journal);
        }
        return outcome.output();
    }

    @Override
    public void close() throws IOException {
        script.getOutputStream().close();
        Awaitility.await("end").atMost(START).until(() -> !script.isAlive());
        answers.close();
        BrokerProcess.delete(folder);
    }
}
