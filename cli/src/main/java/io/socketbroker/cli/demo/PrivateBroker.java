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
    private final Path launcher;
    private volatile Process process;
    private long startMillis;

    private PrivateBroker(Path launcher, Path folder) throws IOException {
        this.launcher = launcher;
        this.folder = folder;
        this.process = launch();
    }

    static PrivateBroker start(Path launcher) throws IOException {
        var broker = new PrivateBroker(launcher, Files.createTempDirectory("socketbroker-demo-"));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        broker.awaitServing();
        return broker;
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(
                        launcher.toString(),
                        "daemon",
                        "--runtime-dir",
                        folder.resolve("run").toString(),
                        "--state-dir",
                        folder.resolve("state").toString(),
                        "--config",
                        "/dev/null")
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
    }

    private void awaitServing() {
        long start = System.nanoTime();
        boolean serves = Waiting.until(START_BOUND, () -> !process.isAlive() || answers(folder));
        startMillis = Story.millisSince(start);
        if (!serves || !process.isAlive()) {
            var log = log();
            close();
            throw new IllegalStateException("the broker does not serve; its log ends with: " + log);
        }
    }

    /** kill -9. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Another broker in the place of one that is dead; waits until it serves. */
    void startAgain() throws IOException {
        process = launch();
        awaitServing();
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
