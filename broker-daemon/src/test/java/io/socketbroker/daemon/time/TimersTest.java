package io.socketbroker.daemon.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
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

    @Test
    void shouldRunTheTimersOfOneMillisecondInTheOrderOfScheduling() {
        timers.schedule(7_999_999, () -> ran.add("first"));
        timers.schedule(7_000_000, () -> ran.add("second"));
        timers.schedule(6_999_999, () -> ran.add("of the tick before"));
        timers.schedule(8_000_000, () -> ran.add("of the tick after"));
        timers.runDue(8_000_000);
        assertThat(ran).containsExactly("of the tick before", "first", "second", "of the tick after");
    }

    @Test
    void shouldNotRunATimerANanosecondBeforeItsDeadline() {
        long deadline = 3_600_000_000_001L;
        timers.schedule(deadline, () -> ran.add("on time"));
        timers.runDue(deadline - 1);
        assertThat(ran).isEmpty();
        assertThat(timers.nextDeadlineNanos()).hasValue(deadline);
        timers.runDue(deadline);
        assertThat(ran).containsExactly("on time");
    }

    @Test
    void shouldIgnoreTheCancellingOfWhatRanOrWasCancelled() {
        Timers.Timer done = timers.schedule(10, () -> ran.add("done"));
        Timers.Timer cancelled = timers.schedule(10, () -> ran.add("cancelled"));
        timers.schedule(10, () -> ran.add("other"));
        timers.cancel(cancelled);
        timers.cancel(cancelled);
        timers.runDue(10);
        timers.cancel(done);
        timers.cancel(cancelled);
        timers.schedule(20, () -> ran.add("later"));
        timers.cancel(done);
        timers.runDue(20);
        assertThat(ran).containsExactly("done", "other", "later");
    }

    @Test
    void shouldLetAnActionCancelWhatIsDueWithIt() {
        List<Timers.Timer> victims = new ArrayList<>();
        timers.schedule(10, () -> victims.forEach(timers::cancel));
        victims.add(timers.schedule(10, () -> ran.add("same tick")));
        victims.add(timers.schedule(5_000_000, () -> ran.add("later tick")));
        victims.add(timers.schedule(9_000_000_000L, () -> ran.add("not due")));
        timers.runDue(6_000_000);
        timers.runDue(10_000_000_000L);
        assertThat(ran).isEmpty();
        assertThat(timers.nextDeadlineNanos()).isEmpty();
    }

    @Test
    void shouldLetAnActionCancelItself() {
        AtomicReference<Timers.@Nullable Timer> self = new AtomicReference<>();
        self.set(timers.schedule(10, () -> {
            timers.cancel(self.get());
            ran.add("ran");
        }));
        timers.runDue(10);
        timers.runDue(20);
        assertThat(ran).containsExactly("ran");
    }

    @Test
    void shouldBeDueAtOnceWithWhatAnActionScheduledForThePast() {
        timers.schedule(10, () -> timers.schedule(-5, () -> ran.add("past")));
        timers.runDue(2_000_000);
        assertThat(timers.nextDeadlineNanos()).as("not before the last run").hasValue(2_000_000);
        timers.runDue(2_000_000);
        assertThat(ran).containsExactly("past");
    }

    @Test
    void shouldRunTheRestAfterAnActionThatThrew() {
        timers.schedule(10, () -> {
            throw new IllegalStateException("planted by the test");
        });
        timers.schedule(10, () -> ran.add("rest"));
        assertThatThrownBy(() -> timers.runDue(15)).isInstanceOf(IllegalStateException.class);
        assertThat(timers.nextDeadlineNanos()).hasValue(15);
        timers.runDue(15);
        assertThat(ran).containsExactly("rest");
    }

    @Test
    void shouldOnlyRunWhatIsDueByAnEarlierTime() {
        timers.runDue(5_000_000);
        timers.schedule(4_500_000, () -> ran.add("late"));
        timers.schedule(4_000_000, () -> ran.add("early"));
        timers.runDue(4_200_000);
        assertThat(ran).containsExactly("early");
        timers.runDue(5_000_000);
        assertThat(ran).containsExactly("early", "late");
    }
}
