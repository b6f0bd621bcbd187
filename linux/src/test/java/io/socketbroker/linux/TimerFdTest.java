package io.socketbroker.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TimerFdTest {

    private static final int FOREVER = -1;
    private static final long FAR = 3_600_000_000_000L;

    private static long in(long nanos) {
        return BootClock.nanos() + nanos;
    }

    @Test
    void shouldWakeAnEpollAtTheDeadlineAndNotBefore() {
        try (var timer = new TimerFd();
                var epoll = new Epoll(4)) {
            epoll.add(timer.fd(), Epoll.EPOLLIN, 7);
            long deadline = in(20_000_000);
            timer.setDeadline(deadline);
            assertThat(timer.drain()).isFalse();
            assertThat(epoll.await(FOREVER)).isEqualTo(1);
            assertThat(BootClock.nanos()).isGreaterThanOrEqualTo(deadline);
            assertThat(epoll.data(0)).isEqualTo(7);
            assertThat(timer.drain()).isTrue();
            assertThat(timer.drain()).as("once only").isFalse();
            assertThat(epoll.await(0)).isZero();
        }
    }

    @Test
    void shouldComeDueAtOnceForWhatHasPassed() {
        try (var timer = new TimerFd();
                var epoll = new Epoll(4)) {
            epoll.add(timer.fd(), Epoll.EPOLLIN, 1);
            for (long past : List.of(in(-1), 1L, 0L, -1L, Long.MIN_VALUE)) {
                timer.setDeadline(past);
                assertThat(epoll.await(FOREVER)).isEqualTo(1);
                assertThat(timer.drain()).isTrue();
            }
        }
    }

    @Test
    void shouldReplaceTheDeadline() throws Exception {
        try (var timer = new TimerFd();
                var epoll = new Epoll(4)) {
            epoll.add(timer.fd(), Epoll.EPOLLIN, 1);
            timer.setDeadline(in(FAR));
            assertThat(remainingSeconds(timer)).isBetween(3_500L, 3_600L);
            timer.setDeadline(in(0));
            assertThat(epoll.await(FOREVER)).isEqualTo(1);
            timer.setDeadline(in(FAR));
            assertThat(timer.drain()).as("the expiry before is forgotten").isFalse();
            timer.setDeadline(Long.MAX_VALUE);
            assertThat(epoll.await(0)).isZero();
        }
    }

    @Test
    void shouldForgetItsDeadlineWhenDisarmed() throws Exception {
        try (var timer = new TimerFd()) {
            timer.setDeadline(in(FAR));
            timer.disarm();
            assertThat(remainingSeconds(timer)).isZero();
            timer.setDeadline(1);
            timer.disarm();
            assertThat(timer.drain()).isFalse();
        }
    }

    @Test
    void shouldRunOnTheClockThatCountsSuspends() throws Exception {
        try (var timer = new TimerFd()) {
            assertThat(info(timer)).contains("clockid: " + Abi.CLOCK_BOOTTIME);
        }
    }

    @Test
    void shouldBeNonBlockingAndCloseOnExec() {
        try (var timer = new TimerFd()) {
            assertThat(DescriptorFlags.isNonBlocking(timer.fd())).isTrue();
            assertThat(DescriptorFlags.isCloseOnExec(timer.fd())).isTrue();
        }
    }

    @Test
    void shouldRefuseUseAfterClose() {
        var timer = new TimerFd();
        timer.close();
        timer.close();
        assertThatThrownBy(() -> timer.setDeadline(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(timer::disarm).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(timer::drain).isInstanceOf(IllegalStateException.class);
    }

    /** What is left until the deadline, as the kernel sees it. */
    private static long remainingSeconds(TimerFd timer) throws IOException {
        var line = info(timer).stream()
                .filter(each -> each.startsWith("it_value:"))
                .findAny()
                .orElseThrow();
        return Long.parseLong(line.substring(line.indexOf('(') + 1, line.indexOf(',')));
    }

    private static List<String> info(TimerFd timer) throws IOException {
        return Files.readAllLines(
                Path.of("/proc/self/fdinfo", Integer.toString(timer.fd().number())));
    }
}
