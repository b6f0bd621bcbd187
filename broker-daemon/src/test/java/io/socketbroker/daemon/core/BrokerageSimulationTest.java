package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.CloseCause;
import io.socketbroker.v1.EventType;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The rules under seeded random schedules: at all times exactly one owner for each socket, and nothing lost. */
class BrokerageSimulationTest {
    private static final int SCHEDULES = Integer.getInteger("socketbroker.schedules", 2_000);

    private static long rebootWakes(SimulatedSchedule schedule) {
        return schedule.happenings().stream()
                .filter(happening -> happening.type() == EventType.EVENT_TYPE_SOCKET_TRIGGERED)
                .filter(happening -> happening.trigger() != null
                        && happening.trigger().getCloseCause() == CloseCause.CLOSE_CAUSE_REBOOT)
                .count();
    }

    @Test
    void shouldKeepExactlyOneOwnerOfEverySocketUnderRandomSchedules() {
        Set<EventType> seen = ConcurrentHashMap.newKeySet();
        AtomicLong deliveries = new AtomicLong();
        AtomicLong crashes = new AtomicLong();
        AtomicLong resumptions = new AtomicLong();
        AtomicLong rebootWakes = new AtomicLong();
        LongStream.rangeClosed(1, SCHEDULES).parallel().forEach(seed -> {
            try {
                SimulatedSchedule schedule = new SimulatedSchedule(seed);
                schedule.run();
                deliveries.addAndGet(schedule.deliveries());
                crashes.addAndGet(schedule.crashes());
                resumptions.addAndGet(schedule.resumptions());
                schedule.happenings().forEach(happening -> seen.add(happening.type()));
                rebootWakes.addAndGet(rebootWakes(schedule));
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError("the schedule with seed " + seed + " fails", failure);
            }
        });
        // The schedules are worth nothing unless they get everywhere.
        assertThat(seen)
                .contains(
                        EventType.EVENT_TYPE_SOCKET_TRANSFERRED,
                        EventType.EVENT_TYPE_SOCKET_PARKED,
                        EventType.EVENT_TYPE_SOCKET_TRIGGERED,
                        EventType.EVENT_TYPE_CONNECTION_ACCEPTED,
                        EventType.EVENT_TYPE_SOCKET_RELEASED,
                        EventType.EVENT_TYPE_SOCKET_CLOSED,
                        EventType.EVENT_TYPE_SOCKET_ORPHANED,
                        EventType.EVENT_TYPE_HANDLER_STARTED,
                        EventType.EVENT_TYPE_HANDLER_EXITED,
                        EventType.EVENT_TYPE_HANDLER_FAILED,
                        EventType.EVENT_TYPE_LEASE_COMPLETED,
                        EventType.EVENT_TYPE_CLAIM_EXPIRED,
                        EventType.EVENT_TYPE_LIMIT_HELD,
                        EventType.EVENT_TYPE_SOCKET_QUARANTINED,
                        EventType.EVENT_TYPE_CONNECTION_REFUSED,
                        EventType.EVENT_TYPE_WAKE_DEFERRED,
                        EventType.EVENT_TYPE_NETWORK_CHANGED);
        assertThat(resumptions.get()).as("leases that sessions kept").isPositive();
        assertThat(rebootWakes.get()).as("wakes after the host's restart").isPositive();
        assertThat(crashes.get()).as("deaths of the broker").isGreaterThan(SCHEDULES / 2);
        assertThat(deliveries.get()).as("deliveries to sessions").isGreaterThan(SCHEDULES);
    }
}
