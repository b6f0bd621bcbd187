package io.socketbroker.daemon.supervisor;

import java.util.Map;
import java.util.OptionalLong;

/** How often the manager wants to hear of this process, as sd_watchdog_enabled(3) has it. Stateless. */
final class WatchdogInterval {
    private static final String MICROS = "WATCHDOG_USEC";
    private static final String PID = "WATCHDOG_PID";

    /** As nanoseconds this is 292 years: systemd's "infinity" is beyond it. */
    private static final long MOST_MICROS = Long.MAX_VALUE / 1_000;

    private WatchdogInterval() {}

    /**
     * The manager ends a process that says nothing for so many microseconds; empty if it does not ask this one.
     *
     * @throws IllegalArgumentException if the variables make no sense
     */
    static OptionalLong micros(Map<String, String> environment, long ownPid) {
        String micros = environment.getOrDefault(MICROS, "");
        if (micros.isEmpty()) {
            return OptionalLong.empty();
        }
        String pid = environment.getOrDefault(PID, "");
        if (!pid.isEmpty() && number(PID, pid, Integer.MAX_VALUE) != ownPid) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(number(MICROS, micros, MOST_MICROS));
    }

    private static long number(String name, String value, long most) {
        try {
            long number = Long.parseLong(value);
            if (number > 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // The same as one that is out of range.
        }
        throw new IllegalArgumentException(name + "=" + value + " must be a number from 1 to " + most);
    }
}
