package io.socketbroker.daemon;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.rpc.Upgrades;
import io.socketbroker.linux.Exec;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.ResourceLimits;
import io.socketbroker.linux.SpawnRequest;
import io.socketbroker.v1.ErrorReason;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this process the program that is installed now, by execve(2): it keeps its pid, its children, its place with the
 * service manager and the listeners of its own sockets; what it brokers waits in custody. Thread-safe.
 */
final class Upgrade implements Upgrades {
    private static final Logger log = LoggerFactory.getLogger(Upgrade.class);

    /** A launcher in a checkout builds what is not up to date. */
    private static final int TRIAL_MINUTES = 5;

    private static final int MOST_WORDS = 400;
    private static final int FIRST_DESCRIPTOR = 3;

    private final List<String> program;
    private final List<String> arguments;
    private final Supervision supervision;
    private @Nullable RunningBroker broker;
    private boolean begun;

    /**
     * For a broker that was started with these arguments.
     *
     * @param supervision is told
     */
    Upgrade(List<String> arguments, Supervision supervision) throws IOException {
        this.arguments = List.copyOf(arguments);
        this.supervision = supervision;
        String launcher = System.getProperty("socketbroker.launcher");
        program = launcher == null ? ownProgram() : List.of(launcher, "daemon");
    }

    /** The java command of this process without what follows the main class: proc(5), /proc/PID/cmdline. */
    private List<String> ownProgram() throws IOException {
        String line = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8);
        List<String> words = List.of(line.split("\0", -1));
        // Each word ends with a NUL, so the last piece is empty.
        List<String> own = new ArrayList<>(words.subList(0, words.size() - 1 - arguments.size()));
        own.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        return List.copyOf(own);
    }

    static BrokerRefusal refusal(String why) {
        return new BrokerRefusal(ErrorReason.ERROR_REASON_UPGRADE_IMPOSSIBLE, "", why);
    }

    /** The broker that is to be replaced. Before that, there is nothing to upgrade. */
    synchronized void serving(RunningBroker running) {
        broker = running;
    }

    @Override
    public synchronized void begin() {
        RunningBroker running = broker;
        if (running == null || begun) {
            throw refusal("the broker is just starting, or is upgraded already");
        }
        try {
            if (!running.isKept()) {
                throw refusal(
                        "journal and vault do not have everything at present, or there are none: see `socketbroker"
                                + " custody`. With custody in systemd use `systemctl restart`");
            }
            tryProgram();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refusal("interrupted");
        } catch (IOException | ExecutionException | TimeoutException e) {
            throw refusal(String.valueOf(e.getMessage()));
        }
        begun = true;
        Thread.ofPlatform().name("upgrade").start(() -> replace(running));
    }

    /** What does not even start must not replace what runs. */
    private void tryProgram() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(program);
        command.add("--version");
        Process trial = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        try (var output = trial.getInputStream()) {
            String said = new String(output.readNBytes(MOST_WORDS), StandardCharsets.UTF_8).strip();
            output.transferTo(OutputStream.nullOutputStream());
            if (!trial.waitFor(TRIAL_MINUTES, TimeUnit.MINUTES) || trial.exitValue() != 0) {
                throw new IOException("the program that is installed now does not run: " + command + ": " + said);
            }
        } finally {
            trial.destroyForcibly();
        }
    }

    private void replace(RunningBroker running) {
        try {
            supervision.upgrading();
            Optional<RunningBroker.Legacy> legacy = running.leave();
            if (legacy.isPresent()) {
                log.info("becoming {}", program);
                become(legacy.get());
            }
        } catch (IOException | RuntimeException e) {
            // Custody and journal have all; whoever restarts the broker brings it back.
            log.error("the upgrade failed", e);
            Runtime.getRuntime().halt(1);
        }
    }

    private void become(RunningBroker.Legacy legacy) {
        List<String> names = List.copyOf(legacy.listeners().keySet());
        List<SpawnRequest.Mapping> descriptors = new ArrayList<>();
        for (String name : names) {
            OwnedFd listener = legacy.listeners().get(name);
            if (listener != null) {
                descriptors.add(new SpawnRequest.Mapping(listener.fd(), FIRST_DESCRIPTOR + descriptors.size()));
            }
        }
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("LISTEN_PID", Long.toString(ProcessHandle.current().pid()));
        environment.put("LISTEN_FDS", Integer.toString(descriptors.size()));
        environment.put("LISTEN_FDNAMES", String.join(":", names));
        ResourceLimits.Limit limit = ResourceLimits.openFiles();
        ResourceLimits.setOpenFiles(legacy.openFiles(), limit.hard());
        List<String> command = new ArrayList<>(program);
        command.addAll(arguments);
        throw Exec.replaceProcess(command.getFirst(), command, environment, descriptors);
    }
}
