package io.socketbroker.daemon.events;

import io.socketbroker.daemon.core.Caller;
import io.socketbroker.daemon.core.Effect;
import io.socketbroker.daemon.core.Views;
import io.socketbroker.v1.Event;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The last events, and those who want the next ones. Thread-safe; nobody is called while the lock is held. */
public final class EventRing {
    private static final int MOST_EVENTS = 4_096;
    /** Readers that may follow at the same time. */
    public static final int MOST_SUBSCRIBERS = 64;

    private final Object lock = new Object();
    private final ArrayDeque<Stored> ring = new ArrayDeque<>(MOST_EVENTS);
    private final Set<EventSubscription> subscriptions = new LinkedHashSet<>();
    private long sequence;

    /** Most are never read: the message is made for who wants it. */
    private record Stored(long sequence, Instant time, Effect.Happening happening) {
        Event event() {
            return EventRing.event(happening, time, sequence);
        }
    }

    private static Event event(Effect.Happening happening, Instant time, long sequence) {
        Event.Builder event = Event.newBuilder()
                .setSequence(sequence)
                .setTime(Views.timestamp(time))
                .setType(happening.type())
                .setActivationId(happening.activationId())
                .setPid(happening.pid())
                .setMessage(happening.message());
        if (happening.socket() != null) {
            event.setSocket(Views.key(happening.socket()));
        }
        if (happening.task() != null) {
            event.setTask(Views.key(happening.task()));
        }
        if (happening.trigger() != null) {
            event.setTrigger(happening.trigger());
        }
        return event.build();
    }

    /** Adds an event. Never blocks: a subscription that is full misses it. */
    public void append(Effect.Happening happening, Instant time) {
        List<EventSubscription> interested;
        Stored stored;
        synchronized (lock) {
            stored = new Stored(++sequence, time, happening);
            if (ring.size() == MOST_EVENTS) {
                ring.removeFirst();
            }
            ring.addLast(stored);
            interested = interestedIn(happening);
        }
        if (!interested.isEmpty()) {
            Event event = stored.event();
            interested.forEach(subscription -> subscription.offer(event));
        }
    }

    private List<EventSubscription> interestedIn(Effect.Happening happening) {
        if (subscriptions.isEmpty()) {
            return List.of();
        }
        return subscriptions.stream()
                .filter(subscription -> subscription.sees(happening.owner()))
                .toList();
    }

    /** Stored events after this sequence number that the caller may see. */
    public List<Event> after(long afterSequence, Caller caller) {
        synchronized (lock) {
            return stored(afterSequence, caller);
        }
    }

    private List<Event> stored(long afterSequence, Caller caller) {
        return ring.stream()
                .filter(event -> event.sequence > afterSequence)
                .filter(event -> caller.administrator() || event.happening.owner() == caller.uid())
                .map(Stored::event)
                .toList();
    }

    /** Follows from here on, with what is stored first; false if too many follow already. */
    public boolean subscribe(EventSubscription subscription, long afterSequence) {
        List<Event> stored;
        synchronized (lock) {
            if (subscriptions.size() >= MOST_SUBSCRIBERS) {
                return false;
            }
            stored = stored(afterSequence, subscription.caller());
            subscriptions.add(subscription);
            // Under the lock, so that nothing new comes between.
            stored.forEach(subscription::enqueue);
        }
        subscription.drainSoon();
        return true;
    }

    /** Ends a subscription; one that has ended is ignored. */
    public void unsubscribe(EventSubscription subscription) {
        synchronized (lock) {
            subscriptions.remove(subscription);
        }
    }
}
