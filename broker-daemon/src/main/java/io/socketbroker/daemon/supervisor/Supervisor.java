package io.socketbroker.daemon.supervisor;

import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.MonotonicClock;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the service manager is told of this process. Without one, all of this does nothing. A manager that does not take a
 * message never fails the caller: it is in the log, once until one is taken again.
 */
public final class Supervisor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Supervisor.class);
    private static final long NANOS_PER_MICRO = 1_000;

    /** A shorter time is nothing but load. */
    private static final long LEAST_ALIVE_NANOS = 1_000_000;

    private final Optional<NotifySocket> socket;
    private final OptionalLong watchdogMicros;
    private volatile boolean stopping;
    private volatile boolean failing;

    private Supervisor(Optional<NotifySocket> socket, OptionalLong watchdogMicros) {
        this.socket = socket;
        this.watchdogMicros = watchdogMicros;
    }

    /** From NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. What cannot be used is in the log and counts as not there. */
    public static Supervisor of(Map<String, String> environment, long ownPid) {
        Optional<NotifySocket> socket = socket(environment);
        return new Supervisor(socket, socket.isPresent() ? watchdog(environment, ownPid) : OptionalLong.empty());
    }

    private static Optional<NotifySocket> socket(Map<String, String> environment) {
        try {
            return NotifySocket.of(environment);
        } catch (IllegalArgumentException | LinuxException e) {
            log.warn("the service manager will be told nothing: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private static OptionalLong watchdog(Map<String, String> environment, long ownPid) {
        try {
            return WatchdogInterval.micros(environment, ownPid);
        } catch (IllegalArgumentException e) {
            log.warn("the service manager's watchdog will be told nothing: {}", e.getMessage());
            return OptionalLong.empty();
        }
    }

    /** Whether there is somebody to tell. */
    public boolean isListening() {
        return socket.isPresent();
    }

    /** How often {@link #alive} should be called: half of the time after which the manager ends a silent process. */
    public OptionalLong aliveEveryNanos() {
        return watchdogMicros.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(LEAST_ALIVE_NANOS, watchdogMicros.getAsLong() * NANOS_PER_MICRO / 2));
    }

    /** READY=1: it serves. Also after a reload. Waits for a busy manager up to five seconds. */
    public void ready(String status) {
        tellPatiently("READY=1\nSTATUS=" + oneLine(status));
    }

    /** RELOADING=1, to be followed by {@link #ready}. Waits for a busy manager up to five seconds. */
    public void reloading(String status) {
        long micros = MonotonicClock.nanos() / NANOS_PER_MICRO;
        tellPatiently("RELOADING=1\nMONOTONIC_USEC=" + micros + "\nSTATUS=" + oneLine(status));
    }

    /** STOPPING=1; {@link #status} does nothing any more. Waits for a busy manager up to five seconds. */
    public void stopping(String status) {
        stopping = true;
        tellPatiently("STOPPING=1\nSTATUS=" + oneLine(status));
    }

    /**
     * STATUS=: what the process does, in words. Does not wait.
     *
     * @return false if it should be told again later
     */
    public boolean status(String status) {
        return stopping || tell("STATUS=" + oneLine(status));
    }

    /**
     * WATCHDOG=1. Does not wait.
     *
     * @return false if it should be told again soon
     */
    public boolean alive() {
        return tell("WATCHDOG=1");
    }

    /** A line feed would begin another assignment. */
    private static String oneLine(String text) {
        return text.replace('\n', ' ');
    }

    private boolean tell(String assignments) {
        try {
            boolean taken = socket.isEmpty() || socket.get().send(assignments);
            return noted(taken, "its queue is full");
        } catch (LinuxException e) {
            return noted(false, e.getMessage());
        }
    }

    private void tellPatiently(String assignments) {
        try {
            boolean taken = socket.isEmpty() || socket.get().sendPatiently(assignments);
            noted(taken, "its queue is full");
        } catch (LinuxException e) {
            noted(false, e.getMessage());
        }
    }

    private boolean noted(boolean taken, @Nullable String why) {
        if (!taken && !failing) {
            log.warn("the service manager does not take a message: {}", why);
        }
        failing = !taken;
        return taken;
    }

    @Override
    public void close() {
        socket.ifPresent(NotifySocket::close);
    }
}
