package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.PidFd;
import io.socketbroker.linux.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * The real daemon as a process of its own, with the class path of the tests, in a short folder of its own: the path of a
 * unix socket has at most 107 bytes (unix(7)).
 */
final class BrokerProcess implements AutoCloseable {
    /** In the daemon's environment, to see that handlers do not get it. */
    static final String SECRET = "SOCKETBROKER_IT_SECRET";

    private static final List<String> IN_MEMORY = List.of("--in-memory");

    private static final Duration START = Duration.ofSeconds(30);
    private static final long STOP_SECONDS = 15;

    private final Process process;
    private final DaemonLog log;
    private final Path home;
    private final boolean ownsHome;

    private BrokerProcess(Process process, DaemonLog log, Path home, boolean ownsHome) {
        this.process = process;
        this.log = log;
        this.home = home;
        this.ownsHome = ownsHome;
    }

    /**
     * Starts a daemon in a new folder and waits until it serves.
     *
     * @param wrapper the start of its command line, such as prlimit(1) with its options
     */
    static BrokerProcess start(String... wrapper) throws IOException {
        return awaitServing(launch(newHome(), true, List.of(wrapper), IN_MEMORY));
    }

    /** As {@link #start}, in a folder that exists and stays. */
    static BrokerProcess startIn(Path home) throws IOException {
        return awaitServing(launchIn(home));
    }

    /** As {@link #startIn}, with the journal and the vault of a daemon without options. */
    static BrokerProcess startKeeping(Path home, String... wrapper) throws IOException {
        return awaitServing(launchKeeping(home, wrapper));
    }

    /** As the other, and waits for nothing. */
    static BrokerProcess launchKeeping(Path home, String... wrapper) throws IOException {
        return launch(
                home,
                false,
                List.of(wrapper),
                List.of("--state-dir", home.resolve("state").toString()));
    }

    /** As {@link #startIn}, with these options, started for SIGHUP as bin/socketbroker does. */
    static BrokerProcess startWith(Path home, String... options) throws IOException {
        return awaitServing(
                launch(home, false, List.of("env", "--ignore-signal=HUP", "--block-signal=HUP"), List.of(options)));
    }

    /** The same under a service manager that listens there. */
    static BrokerProcess startUnder(Path home, Path notifySocket, String... options) throws IOException {
        return awaitServing(launch(
                home,
                false,
                List.of("env", "--ignore-signal=HUP", "--block-signal=HUP", "NOTIFY_SOCKET=" + notifySocket),
                List.of(options)));
    }

    /** Waits until it serves; fails if it ends before. */
    static BrokerProcess awaitServing(BrokerProcess broker) throws IOException {
        boolean serves = false;
        try {
            Awaitility.await("daemon serves").atMost(START).until(() -> {
                if (!broker.process.isAlive()) {
                    throw new IllegalStateException(
                            "the daemon ended at its start:\n" + String.join("\n", broker.log.complete()));
                }
                return broker.log.contains("socketbroker: serving on " + broker.runtimeDirectory());
            });
            serves = true;
            return broker;
        } finally {
            if (!serves) {
                broker.close();
            }
        }
    }

    /** Starts a daemon in a folder that exists and stays, and waits for nothing. */
    static BrokerProcess launchIn(Path home, String... wrapper) throws IOException {
        return launch(home, false, List.of(wrapper), IN_MEMORY);
    }

    private static BrokerProcess launch(Path home, boolean ownsHome, List<String> wrapper, List<String> options)
            throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(StartCache.daemonCommand());
        command.addAll(List.of("--runtime-dir", home.resolve("r").toString()));
        if (!options.contains("--config")) {
            // Nothing that is declared on this host.
            command.addAll(List.of("--config", "/dev/null"));
        }
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(SECRET, "for the daemon only");
        Process process = builder.start();
        return new BrokerProcess(process, new DaemonLog(process.getInputStream()), home, ownsHome);
    }

    /** The java command that runs the tests. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A new folder that all users can enter. */
    static Path newHome() throws IOException {
        Path home = Files.createTempDirectory(Path.of("/tmp"), "sbit");
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
        return home;
    }

    int pid() {
        return Math.toIntExact(process.pid());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    DaemonLog log() {
        return log;
    }

    /** Where scripts and sockets of a test have room. */
    Path home() {
        return home;
    }

    Path runtimeDirectory() {
        return home.resolve("r");
    }

    /** Waits for the end and gives the exit status. */
    int exitStatus() throws InterruptedException {
        assertThat(process.waitFor(STOP_SECONDS, TimeUnit.SECONDS))
                .as("the daemon ended; its log:\n%s", log)
                .isTrue();
        return process.exitValue();
    }

    /** Sends it a signal by the name that kill(1) knows. */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Integer.toString(pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** kill -9. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        exitStatus();
    }

    /** The process stands still while something happens, and finds all of it at once afterwards. */
    void whileStopped(Runnable happening) {
        try (OwnedFd pidfd = PidFd.open(pid())) {
            PidFd.sendSignal(pidfd.fd(), Signals.SIGSTOP);
            try {
                Awaitility.await("the daemon stands still").until(() -> Processes.isStopped(pid()));
                happening.run();
            } finally {
                PidFd.sendSignal(pidfd.fd(), Signals.SIGCONT);
            }
        }
    }

    /** SIGTERM, and the end with status 0 and without leftovers. */
    void stop() throws IOException, InterruptedException {
        process.destroy();
        assertThat(exitStatus()).as("exit status after SIGTERM; log:\n%s", log).isZero();
        assertThat(runtimeDirectory().resolve("grpc.sock")).doesNotExist();
        assertThat(runtimeDirectory().resolve("fd.sock")).doesNotExist();
        deleteHome();
    }

    private void deleteHome() throws IOException {
        if (ownsHome) {
            delete(home);
        }
    }

    /** Deletes a folder with all that is in it; it need not be there. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** Ends the process if a test left it, whatever its state. */
    @Override
    public void close() throws IOException {
        process.destroyForcibly()
                .onExit()
                .orTimeout(STOP_SECONDS, TimeUnit.SECONDS)
                .join();
        deleteHome();
    }
}
