package io.socketbroker.daemon.activation;

import io.socketbroker.daemon.core.LaunchPlan;
import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.EventFd;
import io.socketbroker.linux.Io;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies what handlers write to standard error into the daemon's log, line by line, with task and activation named. One
 * thread for all handlers; a handler that writes faster than the log takes it waits in its pipe.
 */
public final class HandlerOutput implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger("handler");
    private static final int LONGEST_LINE_BYTES = 4_096;
    private static final int READ_BYTES = 8_192;
    private static final long WAKE_UP = -1;

    private final Epoll epoll = new Epoll(64);
    private final EventFd wakeUp = new EventFd();
    private final Map<Long, Stream> streams = new ConcurrentHashMap<>();
    private final AtomicLong lastKey = new AtomicLong();
    private final byte[] buffer = new byte[READ_BYTES];
    private final Thread thread;
    private volatile boolean stopped;

    private record Stream(OwnedFd readEnd, String origin, ByteArrayOutputStream line) {}

    /** Starts the thread. */
    public HandlerOutput() {
        epoll.add(wakeUp.fd(), Epoll.EPOLLIN, WAKE_UP);
        thread = Thread.ofPlatform().name("handler-output").daemon().start(this::run);
    }

    /**
     * From any thread, until {@link #close}: reads this pipe until its end, and closes it. As many as there are handlers with open
     * ends. Wakes nobody: the handler needs the processor.
     */
    void follow(OwnedFd readEnd, LaunchPlan plan) {
        long key = lastKey.incrementAndGet();
        streams.put(
                key,
                new Stream(
                        readEnd,
                        "task " + plan.task().app() + "/" + plan.task().name() + " activation " + plan.activationId(),
                        new ByteArrayOutputStream()));
        try {
            epoll.add(readEnd.fd(), Epoll.EPOLLIN, key);
        } catch (LinuxException e) {
            // The handler runs already: that nobody hears it is no reason to start another.
            log.warn("what activation {} writes to standard error is lost: {}", plan.activationId(), e.getMessage());
            streams.remove(key);
            readEnd.close();
        }
    }

    private void run() {
        while (!stopped) {
            int count = epoll.await(-1);
            for (int i = 0; i < count; i++) {
                if (epoll.data(i) == WAKE_UP) {
                    wakeUp.drain();
                } else {
                    read(epoll.data(i));
                }
            }
        }
        streams.values().forEach(stream -> stream.readEnd.close());
        epoll.close();
        wakeUp.close();
    }

    private void read(long key) {
        Stream stream = streams.get(key);
        if (stream == null) {
            return;
        }
        int count;
        try {
            count = Io.read(stream.readEnd.fd(), buffer);
        } catch (LinuxException e) {
            count = 0;
        }
        for (int i = 0; i < count; i++) {
            if (buffer[i] == '\n' || stream.line.size() >= LONGEST_LINE_BYTES) {
                writeLine(stream);
            }
            if (buffer[i] != '\n') {
                stream.line.write(buffer[i]);
            }
        }
        if (count == 0) {
            writeLine(stream);
            streams.remove(key);
            epoll.delete(stream.readEnd.fd());
            stream.readEnd.close();
        }
    }

    private static void writeLine(Stream stream) {
        if (stream.line.size() > 0) {
            // Control characters could forge lines of the log.
            String text = stream.line.toString(StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
            log.info("{}: {}", stream.origin, text);
            stream.line.reset();
        }
    }

    /** Waits for the thread's end. What handlers write from now on fails with EPIPE. */
    @Override
    public void close() {
        stopped = true;
        wakeUp.signal();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
