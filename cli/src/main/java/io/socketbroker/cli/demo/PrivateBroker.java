package io.socketbroker.cli.demo;

import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.BrokerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A broker of the demo's own, in a temporary folder that goes with it. One thread. */
final class PrivateBroker implements AutoCloseable {

    private static final Duration START_BOUND = Duration.ofSeconds(10);
    private static final int LOG_LINES_SHOWN = 5;

    private final Path folder;
    private final Process process;
    private long startMillis;

    private PrivateBroker(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    static PrivateBroker start(Path launcher) throws IOException {
        long start = System.nanoTime();
        var folder = Files.createTempDirectory("socketbroker-demo-");
        var process = new ProcessBuilder(
                        launcher.toString(),
                        "daemon",
                        // Nothing that is declared on this host.
                        "--config",
                        "/dev/null",
                        "--runtime-dir",
                        folder.resolve("run").toString(),
                        "--state-dir",
                        folder.resolve("state").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        var broker = new PrivateBroker(folder, process);
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        boolean serves = Waiting.until(START_BOUND, () -> !process.isAlive() || answers(folder));
        broker.startMillis = Story.millisSince(start);
        if (!serves || !process.isAlive()) {
            var log = broker.log();
            broker.close();
            throw new IllegalStateException("the broker does not serve; its log ends with: " + log);
        }
        return broker;
    }

    private static boolean answers(Path folder) {
        if (!Files.exists(folder.resolve("run/fd.sock"))) {
            return false;
        }
        try (var client = BrokerClient.connect(folder.resolve("run"))) {
            return client.status().pid() > 0;
        } catch (BrokerException e) {
            // Not yet.
            return false;
        }
    }

    Path folder() {
        return folder;
    }

    Path runtimeDirectory() {
        return folder.resolve("run");
    }

    long pid() {
        return process.pid();
    }

    long startMillis() {
        return startMillis;
    }

    private String log() {
        try {
            var lines = Files.readAllLines(folder.resolve("log"));
            return String.join(" | ", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "(no log)";
        }
    }

    /** Asks the broker to stop, as systemd would. Empty if it does not. */
    Optional<Integer> stop() {
        process.destroy();
        try {
            return process.waitFor(Waiting.BOUND.toMillis(), TimeUnit.MILLISECONDS)
                    ? Optional.of(process.exitValue())
                    : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Ends the broker however it can, and deletes the folder. Also when the demo is interrupted, on another thread. */
    @Override
    public synchronized void close() {
        if (!Files.exists(folder)) {
            return;
        }
        if (process.isAlive() && stop().isEmpty()) {
            process.destroyForcibly();
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
