package io.socketbroker.daemon.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.daemon.core.Caller;
import io.socketbroker.daemon.core.Effect;
import io.socketbroker.daemon.core.TaskName;
import io.socketbroker.v1.Event;
import io.socketbroker.v1.EventType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventRingTest {
    private static final Caller ALICE = new Caller(1, 10, false);
    private static final Caller ROOT = new Caller(0, 11, true);

    private final EventRing ring = new EventRing();

    private void happen(int owner) {
        ring.append(
                new Effect.Happening(
                        EventType.EVENT_TYPE_TASK_REGISTERED,
                        owner,
                        null,
                        new TaskName(owner, "app", "task"),
                        0,
                        0,
                        null,
                        ""),
                Instant.EPOCH);
    }

    /** Takes events while it is ready. */
    private static final class Taker implements EventSubscription.Reader {
        private final List<Event> taken = new ArrayList<>();
        private boolean ready = true;

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void take(Event event) {
            taken.add(event);
        }
    }

    @Test
    void shouldKeepTheLatestEvents() {
        for (int i = 0; i < 5_000; i++) {
            happen(1);
        }
        List<Event> stored = ring.after(0, ALICE);
        assertThat(stored).hasSize(4_096);
        assertThat(stored.getFirst().getSequence()).isEqualTo(5_000 - 4_096 + 1);
        assertThat(ring.after(4_999, ALICE)).hasSize(1);
    }

    @Test
    void shouldTellEverybodyOnlyTheirOwn() {
        happen(1);
        happen(2);
        assertThat(ring.after(0, ALICE)).hasSize(1);
        assertThat(ring.after(0, ROOT)).hasSize(2);
    }

    @Test
    void shouldFollowWithoutGapsBetweenStoredAndNew() {
        happen(1);
        Taker taker = new Taker();
        EventSubscription subscription = new EventSubscription(ALICE, Runnable::run, taker);
        assertThat(ring.subscribe(subscription, 0)).isTrue();
        happen(1);
        happen(2);
        ring.unsubscribe(subscription);
        happen(1);
        assertThat(taker.taken).extracting(Event::getSequence).containsExactly(1L, 2L);
    }

    @Test
    void shouldTellASlowReaderHowManyItMissed() {
        Taker taker = new Taker();
        taker.ready = false;
        EventSubscription subscription = new EventSubscription(ALICE, Runnable::run, taker);
        ring.subscribe(subscription, 0);
        for (int i = 0; i < 8_192 + 5; i++) {
            happen(1);
        }
        assertThat(taker.taken).isEmpty();
        taker.ready = true;
        subscription.drainSoon();
        assertThat(taker.taken).hasSize(8_192 + 1);
        assertThat(taker.taken.getLast().getType()).isEqualTo(EventType.EVENT_TYPE_EVENTS_MISSED);
        assertThat(taker.taken.getLast().getMissed()).isEqualTo(5);
    }

    @Test
    void shouldBoundTheReaders() {
        for (int i = 0; i < EventRing.MOST_SUBSCRIBERS; i++) {
            assertThat(ring.subscribe(new EventSubscription(ALICE, Runnable::run, new Taker()), 0))
                    .isTrue();
        }
        assertThat(ring.subscribe(new EventSubscription(ALICE, Runnable::run, new Taker()), 0))
                .isFalse();
    }
}
