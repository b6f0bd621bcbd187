package io.socketbroker.benchmarks.launch;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Connections at random times, each with a thread of its own, so that a slow launch delays none after it and its length is
 * not hidden (coordinated omission). For one thread.
 */
final class OpenLaunches implements AutoCloseable {
    private static final int CONNECTIONS = 20;

    private final double meanNanos;
    private final SplittableRandom random = new SplittableRandom(3);
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

    OpenLaunches(int perSecond) {
        meanNanos = (double) TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /** From the time that each connection is due to its echo. */
    List<Long> turn(EchoServer server) throws IOException {
        List<Future<Long>> echoes = new ArrayList<>();
        long due = System.nanoTime();
        for (int i = 0; i < CONNECTIONS; i++) {
            due += (long) (-Math.log(1 - random.nextDouble()) * meanNanos);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            long start = due;
            echoes.add(clients.submit(() -> ColdLaunch.echo(server, start)));
        }
        List<Long> nanos = new ArrayList<>();
        for (Future<Long> echo : echoes) {
            try {
                nanos.add(echo.get());
            } catch (ExecutionException e) {
                throw new InvalidRunException(server.name() + ": " + e.getCause(), e);
            } catch (InterruptedException e) {
                throw new InvalidRunException("interrupted", e);
            }
        }
        return nanos;
    }

    @Override
    public void close() {
        clients.close();
    }
}
