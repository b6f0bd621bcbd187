package io.socketbroker.daemon.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.BootClock;
import io.socketbroker.linux.Epoll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DeadlineAlarmTest {
    private static final long MILLISECOND = 1_000_000;
    private static final long HOUR = 3_600_000 * MILLISECOND;
    private static final int FOR_EVER = -1;

    @Test
    void shouldTellTheKernelOnlyOfAnEarlierDeadline() {
        try (DeadlineAlarm alarm = new DeadlineAlarm()) {
            assertThat(alarm.arm(2 * HOUR)).isTrue();
            assertThat(alarm.arm(3 * HOUR)).as("later").isFalse();
            assertThat(alarm.arm(2 * HOUR)).as("the same").isFalse();
            assertThat(alarm.arm(2 * HOUR - MILLISECOND / 2))
                    .as("in the same millisecond")
                    .isFalse();
            assertThat(alarm.arm(2 * HOUR - MILLISECOND)).as("earlier").isTrue();
            alarm.fired();
            assertThat(alarm.arm(2 * HOUR)).as("after it fired").isTrue();
        }
    }

    @Test
    void shouldBeReadableWithinAMillisecondOfTheDeadlineAndNeverBefore() {
        try (DeadlineAlarm alarm = new DeadlineAlarm();
                Epoll epoll = new Epoll(1)) {
            epoll.add(alarm.fd(), Epoll.EPOLLIN, 0);
            for (int i = 0; i < 50; i++) {
                long deadline = alarm.nowNanos() + 1_300_000 + i * 7_001L;
                assertThat(alarm.arm(deadline)).isTrue();
                assertThat(epoll.await(FOR_EVER)).isEqualTo(1);
                assertThat(alarm.nowNanos()).isGreaterThanOrEqualTo(deadline);
                alarm.fired();
                assertThat(epoll.await(0)).isZero();
            }
        }
    }

    @Test
    void shouldTakeTheEndOfTime() {
        try (DeadlineAlarm alarm = new DeadlineAlarm();
                Epoll epoll = new Epoll(1)) {
            epoll.add(alarm.fd(), Epoll.EPOLLIN, 0);
            assertThat(alarm.arm(Long.MAX_VALUE)).isTrue();
            assertThat(epoll.await(0)).isZero();
            assertThat(alarm.arm(Long.MAX_VALUE - 1)).isFalse();
        }
    }

    @Test
    void shouldRunOnTheBootClock() {
        long before = BootClock.nanos();
        try (DeadlineAlarm alarm = new DeadlineAlarm()) {
            assertThat(alarm.nowNanos()).isBetween(before, BootClock.nanos());
        }
    }
}
