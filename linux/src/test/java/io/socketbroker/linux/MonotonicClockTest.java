package io.socketbroker.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class MonotonicClockTest {

    /** Python reads the same clock of the kernel by itself. */
    @Test
    void shouldShowWhatOtherProgramsSee() throws Exception {
        long before = MonotonicClock.nanos();
        var python = new ProcessBuilder(
                        "/usr/bin/python3", "-c", "import time; print(time.clock_gettime_ns(time.CLOCK_MONOTONIC))")
                .start();
        long seen = Long.parseLong(python.inputReader().readLine());
        assertThat(python.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(seen).isBetween(before, MonotonicClock.nanos());
    }

    @Test
    void shouldNotCountASuspend() {
        long monotonic = MonotonicClock.nanos();
        assertThat(monotonic).isLessThanOrEqualTo(BootClock.nanos());
    }
}
