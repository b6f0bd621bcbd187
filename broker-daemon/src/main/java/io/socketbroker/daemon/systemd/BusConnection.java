package io.socketbroker.daemon.systemd;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a manager, with a thread that connects and reads. What comes is handed to the listener on that thread,
 * in order.
 */
final class BusConnection implements AutoCloseable {
    private final List<BusAddresses.Address> addresses;
    private final Predicate<String> watched;
    private final Listener listener;
    private final Thread thread;
    private volatile @Nullable BusTransport transport;
    private volatile boolean closed;

    /** Told, on the connection's thread, of one {@code opened} at most and of one {@code lost} at the end. */
    interface Listener {
        /** The manager answers, and its signals will come. */
        void opened(BusConnection connection) throws InterruptedException;

        /** A reply, or a signal that someone wants. May block while too much waits. */
        void received(BusConnection connection, BusMessage message) throws InterruptedException;

        /** No manager can be reached, or not any more. Not called after {@link BusConnection#close}. */
        void lost(BusConnection connection, String why) throws InterruptedException;
    }

    /**
     * A connection to the first of these addresses where the manager answers.
     *
     * @param threadName of its thread
     * @param watched asked on that thread whether the properties of the object at a path are of interest
     */
    BusConnection(
            String threadName, List<BusAddresses.Address> addresses, Predicate<String> watched, Listener listener) {
        this.addresses = addresses;
        this.watched = watched;
        this.listener = listener;
        this.thread = Thread.ofPlatform().name(threadName).daemon().unstarted(this::run);
    }

    /** Once. */
    void start() {
        thread.start();
    }

    private void run() {
        try {
            String why = connectAndRead();
            if (!closed) {
                listener.lost(this, why);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private String connectAndRead() throws InterruptedException {
        List<String> errors = new ArrayList<>();
        for (BusAddresses.Address address : addresses) {
            try (BusTransport candidate = new BusTransport(address)) {
                transport = candidate;
                if (closed) {
                    return "closed";
                }
                candidate.connect();
                return read(candidate);
            } catch (IOException | RuntimeException e) {
                // A channel that an interrupt closed looks like a broken one, and the next would connect in vain.
                if (closed) {
                    return "closed";
                }
                errors.add(address.socket() + ": " + e.getMessage());
            }
        }
        return String.join("; ", errors);
    }

    private String read(BusTransport from) throws InterruptedException {
        listener.opened(this);
        try {
            while (!closed) {
                Optional<BusMessage> message = from.read(watched);
                if (message.isPresent()) {
                    listener.received(this, message.get());
                }
            }
            return "closed";
        } catch (IOException | RuntimeException e) {
            return "the connection broke: " + e.getMessage();
        }
    }

    /** From any thread, once it is open; see {@link BusTransport#send}. */
    long call(String path, BusCall call) throws IOException {
        BusTransport to = transport;
        if (to == null) {
            throw new IOException("not connected");
        }
        return to.send(path, call);
    }

    /** From any thread; ends the connection's thread soon. The listener is not told. */
    @Override
    public void close() {
        closed = true;
        // It also closes the channel in which the thread waits.
        thread.interrupt();
    }

    /** After {@link #close}: waits until the thread has ended and its descriptor is closed. */
    void join() {
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
