package io.socketbroker.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class BootClockTest {

    @Test
    void shouldAgreeWithTheUptimeOfTheKernel() throws Exception {
        long before = BootClock.nanos();
        long uptimeNanos = uptimeNanos();
        long after = BootClock.nanos();
        // proc_uptime(5) has hundredths of a second, cut off, and counts the time of a suspend too.
        assertThat(uptimeNanos).isBetween(before - 10_000_000, after);
    }

    @Test
    void shouldNeverGoBack() {
        long last = BootClock.nanos();
        for (int i = 0; i < 100_000; i++) {
            long now = BootClock.nanos();
            assertThat(now).isGreaterThanOrEqualTo(last);
            last = now;
        }
    }

    private static long uptimeNanos() throws IOException {
        var seconds = Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0];
        return Math.round(Double.parseDouble(seconds) * 100) * 10_000_000;
    }
}
