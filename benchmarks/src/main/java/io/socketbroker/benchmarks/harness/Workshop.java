package io.socketbroker.benchmarks.harness;

import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.PidFd;
import io.socketbroker.linux.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A folder, and all that a comparison starts. Closed in the reverse order: by its owner, or by a shutdown hook if that
 * comes first, as after Ctrl-C. Thread-safe.
 */
public final class Workshop implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;

    private final Path folder;
    // Both guarded by this.
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private boolean closed;

    private Workshop(Path folder) {
        this.folder = folder;
    }

    /** A new one. Its path is short, because that of a unix socket has at most 107 bytes (unix(7)). */
    public static Workshop open() throws IOException {
        Workshop workshop = new Workshop(Files.createTempDirectory("sb-bench-"));
        Runtime.getRuntime().addShutdownHook(new Thread(workshop::close, "workshop"));
        return workshop;
    }

    /** Gone after the close. */
    public Path folder() {
        return folder;
    }

    /** Starts a process, which is ended by its pid. */
    public synchronized Process start(ProcessBuilder builder) throws IOException {
        requireOpen();
        Process process = builder.start();
        opened.push(() -> end(process));
        return process;
    }

    /** Closed with the workshop. */
    public synchronized <T extends AutoCloseable> T closeLater(T resource) {
        requireOpen();
        opened.push(resource);
        return resource;
    }

    private void requireOpen() {
        if (closed) {
            throw new InvalidRunException("the comparison is being ended");
        }
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        // One that is stopped ends when it goes on.
        resume(process);
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            System.err.println("process " + process.pid() + " does not end by SIGTERM: killed");
            process.destroyForcibly().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static void resume(Process process) {
        try (OwnedFd pidfd = PidFd.open(Math.toIntExact(process.pid()))) {
            PidFd.sendSignal(pidfd.fd(), Signals.SIGCONT);
        } catch (LinuxException _) {
            // It has ended.
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!opened.isEmpty()) {
            AutoCloseable next = opened.pop();
            try {
                next.close();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                // The others are closed all the same.
                System.err.println("closing failed: " + e);
            }
        }
        try {
            delete();
        } catch (IOException e) {
            System.err.println("folder " + folder + " is left: " + e);
        }
    }

    private void delete() throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
