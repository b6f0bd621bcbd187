package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** What a process says, line by line. Thread-safe; a daemon thread reads until the process closes its end. */
final class DaemonLog {
    private final List<String> lines = new ArrayList<>();
    private final Thread reader;

    DaemonLog(InputStream output) {
        reader = Thread.ofPlatform().name("daemon-log").daemon().start(() -> read(output));
    }

    private void read(InputStream output) {
        try (var in = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                synchronized (lines) {
                    lines.add(line);
                }
            }
        } catch (IOException e) {
            synchronized (lines) {
                lines.add("the log cannot be read: " + e.getMessage());
            }
        }
    }

    /** All so far. */
    List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** After the process has ended: everything. */
    List<String> complete() throws InterruptedException {
        reader.join(5_000);
        return lines();
    }

    boolean contains(String text) {
        return lines().stream().anyMatch(line -> line.contains(text));
    }

    /** Waits for a line that contains all of these texts, and gives it. */
    String await(String... texts) {
        Awaitility.await()
                .untilAsserted(() -> assertThat(lines())
                        .as("the daemon's log")
                        .anyMatch(line -> List.of(texts).stream().allMatch(line::contains)));
        return lines().stream()
                .filter(line -> List.of(texts).stream().allMatch(line::contains))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public String toString() {
        return String.join("\n", lines());
    }
}
