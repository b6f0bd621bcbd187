package io.socketbroker.daemon.events;

import io.socketbroker.daemon.core.Caller;
import io.socketbroker.daemon.core.Effect;
import io.socketbroker.daemon.core.Views;
import io.socketbroker.v1.Event;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The last events, and those who want the next ones. Thread-safe; nobody is called while the lock is held. */
public final class EventRing {
    private static final int MOST_EVENTS = 4_096;
    /** Readers that may follow at the same time. */
    public static final int MOST_SUBSCRIBERS = 64;

    private final Object lock = new Object();
    private final ArrayDeque<Owned> ring = new ArrayDeque<>(MOST_EVENTS);
    private final Set<EventSubscription> subscriptions = new LinkedHashSet<>();
    private long sequence;

    private record Owned(int owner, Event event) {}

    /** Adds an event. Never blocks: a subscription that is full misses it. */
    public void append(Effect.Happening happening, Instant time) {
        Event.Builder event = Event.newBuilder()
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
        List<EventSubscription> interested = new ArrayList<>();
        Event complete;
        synchronized (lock) {
            complete = event.setSequence(++sequence).build();
            if (ring.size() == MOST_EVENTS) {
                ring.removeFirst();
            }
            ring.addLast(new Owned(happening.owner(), complete));
            for (EventSubscription subscription : subscriptions) {
                if (subscription.sees(happening.owner())) {
                    interested.add(subscription);
                }
            }
        }
        interested.forEach(subscription -> subscription.offer(complete));
    }

    /** Stored events after this sequence number that the caller may see. */
    public List<Event> after(long afterSequence, Caller caller) {
        synchronized (lock) {
            return stored(afterSequence, caller);
        }
    }

    private List<Event> stored(long afterSequence, Caller caller) {
        return ring.stream()
                .filter(owned -> owned.event.getSequence() > afterSequence)
                .filter(owned -> caller.administrator() || owned.owner == caller.uid())
                .map(Owned::event)
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
