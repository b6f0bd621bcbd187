package io.socketbroker.daemon.systemd;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The units of one manager and the connection to it, which is there while units are: made at need, made again with growing
 * pauses when it breaks, closed when idle. On the launcher's thread but for what {@link BusConnection.Listener} says.
 */
final class ManagerLink implements BusConnection.Listener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ManagerLink.class);

    private final String manager;
    private final List<BusAddresses.Address> addresses;
    private final Patience patience;
    private final BlockingQueue<Runnable> inbox;
    private final LongConsumer whenOver;
    // By path. Also looked into by the connection's thread.
    private final Map<String, ManagedUnit> units = new ConcurrentHashMap<>();
    private final Calls calls = new Calls();
    private @Nullable BusConnection connection;
    private boolean ready;
    private int failures;
    private long heardNanos;
    private long retryNanos;
    private long seenNanos;
    private long busyNanos;

    /**
     * Without a connection.
     *
     * @param manager for texts and the thread's name, such as "user manager"
     * @param inbox what it takes is run on the launcher's thread
     * @param whenOver told of each activation whose unit needs no more attention
     */
    ManagerLink(
            String manager,
            List<BusAddresses.Address> addresses,
            Patience patience,
            BlockingQueue<Runnable> inbox,
            LongConsumer whenOver) {
        this.manager = manager;
        this.addresses = addresses;
        this.patience = patience;
        this.inbox = inbox;
        this.whenOver = whenOver;
        long now = System.nanoTime();
        this.heardNanos = now;
        this.retryNanos = now;
        this.seenNanos = now;
        this.busyNanos = now;
    }

    /** Starts a unit; its name is none that is being taken care of. */
    void launch(long activationId, String unit, UnitLauncher.Outcome outcome) {
        if (units.isEmpty() && !ready) {
            seenNanos = System.nanoTime();
        }
        ManagedUnit added = new ManagedUnit(activationId, unit, calls, this::over, outcome);
        units.put(added.path(), added);
        if (ready) {
            added.connected();
        }
    }

    private void over(ManagedUnit unit) {
        units.remove(unit.path());
        busyNanos = System.nanoTime();
        whenOver.accept(unit.activationId());
    }

    /** Nothing happens if there is no such unit. */
    void signal(String unit, int signal) {
        ManagedUnit known = units.get(Systemd.unitPath(unit));
        if (known != null) {
            known.signal(signal, ready);
        }
    }

    /** After each event and each deadline: connects, sends, gives up. */
    void attend() {
        long now = System.nanoTime();
        boolean waits = connection != null && (!ready || calls.isAnswerDue());
        if (waits && isPast(now, heardNanos, patience.answer())) {
            drop("no answer for " + patience.answer().toMillis() + " ms");
        }
        if (!ready && !units.isEmpty() && isPast(now, seenNanos, patience.unseen())) {
            each(unit -> unit.life().abandon("out of sight: the " + manager + " is gone"));
        }
        if (connection == null && !units.isEmpty() && now - retryNanos >= 0) {
            connect(now);
        }
        if (ready && units.isEmpty() && isPast(now, busyNanos, patience.idle())) {
            close();
        }
        send(now);
    }

    /** Nanoseconds until {@link #attend} has something to do; Long.MAX_VALUE if only an event can bring it. */
    long nanosToNextDeadline() {
        long now = System.nanoTime();
        long next = Long.MAX_VALUE;
        if (connection != null && (!ready || calls.isAnswerDue())) {
            next = Math.min(next, heardNanos + patience.answer().toNanos() - now);
        }
        if (connection == null && !units.isEmpty()) {
            next = Math.min(next, retryNanos - now);
        }
        if (!ready && !units.isEmpty()) {
            next = Math.min(next, seenNanos + patience.unseen().toNanos() - now);
        }
        if (ready && units.isEmpty()) {
            next = Math.min(next, busyNanos + patience.idle().toNanos() - now);
        }
        return Math.max(next, 0);
    }

    private static boolean isPast(long now, long since, Duration duration) {
        return now - since >= duration.toNanos();
    }

    private void connect(long now) {
        heardNanos = now;
        BusConnection opening =
                new BusConnection("systemd-" + manager.replace(' ', '-'), addresses, units::containsKey, this);
        connection = opening;
        opening.start();
    }

    private void send(long now) {
        if (!ready || connection == null) {
            return;
        }
        if (!calls.isAnswerDue()) {
            heardNanos = now;
        }
        try {
            calls.send(connection);
        } catch (IOException e) {
            drop("the connection broke: " + e.getMessage());
        }
    }

    @Override
    public void opened(BusConnection opened) throws InterruptedException {
        inbox.put(() -> {
            if (opened.equals(connection)) {
                ready = true;
                heardNanos = System.nanoTime();
                busyNanos = heardNanos;
                each(ManagedUnit::connected);
            }
        });
    }

    @Override
    public void received(BusConnection from, BusMessage message) throws InterruptedException {
        inbox.put(() -> {
            if (from.equals(connection)) {
                heardNanos = System.nanoTime();
                receive(message);
            }
        });
    }

    @Override
    public void lost(BusConnection from, String why) throws InterruptedException {
        inbox.put(() -> {
            if (from.equals(connection)) {
                drop(why);
            }
        });
    }

    private void receive(BusMessage message) {
        if (message instanceof BusMessage.Signal signal) {
            receive(signal);
        } else {
            failures = 0;
            calls.answer(message);
        }
    }

    private void receive(BusMessage.Signal signal) {
        List<Object> values = signal.values();
        switch (signal.member()) {
            // (u id, o job, s unit, s result)
            case "JobRemoved" -> {
                ManagedUnit unit = units.get(Systemd.unitPath(values.get(2).toString()));
                if (unit != null) {
                    unit.life()
                            .jobRemoved(values.get(1).toString(), values.get(3).toString());
                }
            }
            // (s unit, o path)
            case "UnitRemoved" -> {
                ManagedUnit unit = units.get(values.get(1).toString());
                if (unit != null) {
                    unit.life().removed();
                }
            }
            // (s interface, a{sv} values, as names of values that changed)
            case "PropertiesChanged" -> {
                ManagedUnit unit = units.get(signal.path());
                if (unit != null && values.get(1) instanceof Map<?, ?> properties) {
                    unit.life().changed(properties);
                }
            }
            default -> {}
        }
    }

    private void drop(String why) {
        boolean wasReady = ready;
        close();
        long now = System.nanoTime();
        // Doubled each time until a manager answers again, so that one that breaks at once is not called in a loop.
        long pause = patience.firstRetry().toNanos() << Math.min(failures, 20);
        retryNanos = now + Math.min(pause, patience.longestRetry().toNanos());
        failures++;
        if (wasReady) {
            seenNanos = now;
            log.warn("lost the {}: {}", manager, why);
        } else {
            each(unit -> unit.life().unreachable("cannot reach the " + manager + ": " + why));
        }
    }

    private void each(Consumer<ManagedUnit> action) {
        List.copyOf(units.values()).forEach(action);
    }

    /** Only the connection: units go on without the broker. */
    @Override
    public void close() {
        BusConnection open = connection;
        connection = null;
        ready = false;
        calls.clear();
        if (open != null) {
            open.close();
        }
    }

    /** Also until the descriptor is closed. */
    void closeAndWait() {
        BusConnection open = connection;
        close();
        if (open != null) {
            open.join();
        }
    }
}
