package io.socketbroker.daemon.events;

import io.socketbroker.daemon.core.Caller;
import io.socketbroker.v1.Event;
import io.socketbroker.v1.EventType;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue between the conductor and one reader. A reader that is too slow misses events and is told how many.
 * Thread-safe; the reader is called by one thread of the executor at a time.
 */
public final class EventSubscription {
    private static final int MOST_QUEUED = 8_192;

    private final Caller caller;
    private final Executor executor;
    private final Reader reader;
    private final ArrayDeque<Event> queue = new ArrayDeque<>();
    private long missed;
    private boolean draining;

    /** Where the events go. */
    public interface Reader {
        /** Whether the next event can be taken without waiting; if not, {@link #drainSoon} is called once it can. */
        boolean isReady();

        /** Takes one event. */
        void take(Event event);
    }

    /** For what this caller may see. */
    public EventSubscription(Caller caller, Executor executor, Reader reader) {
        this.caller = caller;
        this.executor = executor;
        this.reader = reader;
    }

    Caller caller() {
        return caller;
    }

    boolean sees(int owner) {
        return caller.administrator() || caller.uid() == owner;
    }

    void offer(Event event) {
        enqueue(event);
        drainSoon();
    }

    synchronized void enqueue(Event event) {
        if (queue.size() == MOST_QUEUED) {
            missed++;
        } else {
            queue.addLast(event);
        }
    }

    /** Also when the reader is ready again. */
    public void drainSoon() {
        synchronized (this) {
            if (draining) {
                return;
            }
            draining = true;
        }
        executor.execute(this::drain);
    }

    private void drain() {
        Event next = next();
        while (next != null) {
            reader.take(next);
            next = next();
        }
    }

    private synchronized @Nullable Event next() {
        if (!reader.isReady()) {
            draining = false;
            return null;
        }
        Event next = queue.pollFirst();
        if (next == null && missed > 0) {
            next = Event.newBuilder()
                    .setType(EventType.EVENT_TYPE_EVENTS_MISSED)
                    .setMissed(missed)
                    .setMessage(missed + " events were not delivered: the reader is too slow")
                    .build();
            missed = 0;
        }
        draining = next != null;
        return next;
    }
}
