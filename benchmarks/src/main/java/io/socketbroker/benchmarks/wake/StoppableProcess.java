package io.socketbroker.benchmarks.wake;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.PidFd;
import io.socketbroker.linux.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Whoever watches, held (signal(7), SIGSTOP) while its sockets become readable, so that all are so at once. */
final class StoppableProcess implements AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Path tasks;
    private final OwnedFd pidfd;

    StoppableProcess(int pid) {
        this.tasks = Path.of("/proc/" + pid + "/task");
        this.pidfd = PidFd.open(pid);
    }

    /** Returns when all of its threads stand still. */
    void stop() {
        PidFd.sendSignal(pidfd.fd(), Signals.SIGSTOP);
        long begun = System.nanoTime();
        while (!isStopped()) {
            if (System.nanoTime() - begun > MOST_NANOS) {
                throw new InvalidRunException(tasks + " does not stop");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    void resume() {
        PidFd.sendSignal(pidfd.fd(), Signals.SIGCONT);
    }

    private boolean isStopped() {
        List<Path> threads;
        try (Stream<Path> all = Files.list(tasks)) {
            threads = all.toList();
            for (Path thread : threads) {
                String stat = Files.readString(thread.resolve("stat"));
                // The state follows the name, which is in parentheses and may hold anything (proc(5)). Under strace it
                // is t.
                if ("Tt".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) < 0) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        resume();
        pidfd.close();
    }
}
