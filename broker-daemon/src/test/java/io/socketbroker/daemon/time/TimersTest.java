package io.socketbroker.daemon.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimersTest {
    private final Timers timers = new Timers();
    private final List<String> ran = new ArrayList<>();

    @Test
    void shouldRunWhatIsDueInTheOrderOfDeadlinesAndThenOfScheduling() {
        timers.schedule(20, () -> ran.add("late"));
        timers.schedule(10, () -> ran.add("first"));
        timers.schedule(10, () -> ran.add("second"));
        timers.runDue(9);
        assertThat(ran).isEmpty();
        timers.runDue(15);
        assertThat(ran).containsExactly("first", "second");
        assertThat(timers.nextDeadlineNanos()).hasValue(20);
    }

    @Test
    void shouldForgetACancelledTimer() {
        Timers.Timer timer = timers.schedule(10, () -> ran.add("cancelled"));
        timers.cancel(timer);
        timers.cancel(null);
        timers.runDue(100);
        assertThat(ran).isEmpty();
        assertThat(timers.nextDeadlineNanos()).isEmpty();
    }

    @Test
    void shouldLeaveWhatAnActionSchedulesToTheNextRun() {
        timers.schedule(10, () -> timers.schedule(10, () -> ran.add("again")));
        timers.runDue(10);
        assertThat(ran).isEmpty();
        timers.runDue(10);
        assertThat(ran).containsExactly("again");
    }
}
