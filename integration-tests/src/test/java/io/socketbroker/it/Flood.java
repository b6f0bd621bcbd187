package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Connections of one source in waves, each as fast as it can be made, all of them kept. On a thread of its own; the test
 * says when the next wave comes.
 */
final class Flood implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 60_000;

    private final ConcurrentLinkedQueue<OwnedFd> connections = new ConcurrentLinkedQueue<>();
    private final Semaphore waves = new Semaphore(0);
    private final AtomicInteger made = new AtomicInteger();
    private final Thread thread;

    /** From 127.0.0.1. */
    Flood(InetSocketAddress destination, int count, int wave) {
        thread = Thread.ofPlatform().name("flood").daemon().start(() -> run(Endpoint.of(destination), count, wave));
    }

    private void run(Endpoint destination, int count, int wave) {
        for (int i = 0; i < count; i++) {
            if (i % wave == 0) {
                waves.acquireUninterruptibly();
            }
            OwnedFd socket = Sockets.open(Sockets.AF_INET, Sockets.SOCK_STREAM, 0);
            connections.add(socket);
            try {
                Sockets.connect(socket.fd(), destination);
                made.incrementAndGet();
            } catch (LinuxException e) {
                // Refused so quickly that even the handshake notices.
                if (!e.errnoName().equals("ECONNRESET")) {
                    throw e;
                }
            }
        }
    }

    void nextWave() {
        waves.release();
    }

    boolean isRunning() {
        return thread.isAlive();
    }

    /** So far. */
    int made() {
        return made.get();
    }

    private void join() {
        try {
            thread.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(thread.isAlive()).as("the flood goes on").isFalse();
    }

    /** Ends all connections, once they are made. */
    @Override
    public void close() {
        waves.release(Short.MAX_VALUE);
        join();
        connections.forEach(OwnedFd::close);
    }
}
