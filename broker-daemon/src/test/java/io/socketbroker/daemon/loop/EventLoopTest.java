package io.socketbroker.daemon.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.daemon.time.Timers;
import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.Io;
import io.socketbroker.linux.OpenDescriptors;
import io.socketbroker.linux.Pipes;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventLoopTest {
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    private String next() throws InterruptedException {
        String what = seen.poll(10, TimeUnit.SECONDS);
        return what == null ? "nothing" : what;
    }

    @Test
    void shouldTellSourceIndexTagAndEvents() throws InterruptedException {
        try (EventLoop loop = new EventLoop();
                Pipes.Pipe pipe = Pipes.create()) {
            int source = loop.addSource((index, tag, events) -> {
                seen.add(index + " " + tag + " " + events);
                loop.delete(pipe.readEnd().fd());
            });
            loop.add(pipe.readEnd().fd(), Epoll.EPOLLIN, source, 0x7fff_ffff, 0x1_00_abcd_efL);
            Thread thread = Thread.ofPlatform().start(loop::run);
            Io.write(pipe.writeEnd().fd(), new byte[1], 0, 1);
            assertThat(next()).isEqualTo(0x7fff_ffff + " " + 0xab_cd_ef + " " + Epoll.EPOLLIN);
            loop.stop();
            thread.join();
        }
    }

    @Test
    void shouldRunCommandsOfOtherThreadsInOrderOnItsOwn() throws InterruptedException {
        try (EventLoop loop = new EventLoop()) {
            Thread thread = Thread.ofPlatform().name("the-loop").start(loop::run);
            AtomicInteger order = new AtomicInteger();
            for (int i = 0; i < 10_000; i++) {
                int number = i;
                while (!loop.submit(() -> {
                    if (order.getAndIncrement() != number || !loop.isCurrentThread()) {
                        seen.add("out of order");
                    }
                })) {
                    Thread.onSpinWait();
                }
            }
            loop.submit(() -> seen.add("end"));
            assertThat(next()).isEqualTo("end");
            loop.stop();
            thread.join();
            assertThat(loop.submit(() -> {})).as("refused after the end").isFalse();
        }
    }

    @Test
    void shouldGoOnAfterADefectInACommand() throws InterruptedException {
        try (EventLoop loop = new EventLoop()) {
            Thread thread = Thread.ofPlatform().start(loop::run);
            loop.submit(() -> {
                throw new IllegalStateException("planted by the test");
            });
            loop.submit(() -> seen.add("still here"));
            assertThat(next()).isEqualTo("still here");
            loop.stop();
            thread.join();
        }
    }

    @Test
    void shouldWakeUpForItsOwnTimersAndForFurtherDeadlines() throws InterruptedException {
        try (EventLoop loop = new EventLoop()) {
            long due = loop.nowNanos() + 50_000_000;
            AtomicInteger turns = new AtomicInteger();
            loop.onTurn(
                    () -> loop.nowNanos() < due ? OptionalLong.of(due) : OptionalLong.empty(), turns::incrementAndGet);
            loop.schedule(20_000_000, () -> seen.add("timer"));
            Thread thread = Thread.ofPlatform().start(loop::run);
            assertThat(next()).isEqualTo("timer");
            while (loop.nowNanos() < due + 20_000_000) {
                Thread.onSpinWait();
            }
            loop.stop();
            thread.join();
            // One for the timer, one for the deadline, one for the stop, and room for rounding: no busy loop.
            assertThat(turns.get()).isBetween(3, 8);
        }
    }

    @Test
    void shouldNotTurnWhileNothingIsDue() throws InterruptedException {
        try (EventLoop loop = new EventLoop()) {
            AtomicInteger turns = new AtomicInteger();
            long far = loop.nowNanos() + 3_600_000_000_000L;
            loop.onTurn(() -> OptionalLong.of(far), turns::incrementAndGet);
            loop.schedule(1_800_000_000_000L, () -> seen.add("too early"));
            Thread thread = Thread.ofPlatform().start(loop::run);
            loop.submit(() -> seen.add("running"));
            assertThat(next()).isEqualTo("running");
            await().during(Duration.ofMillis(300)).until(() -> turns.get() <= 1);
            loop.stop();
            thread.join();
            assertThat(turns.get()).as("the command, the stop, and the end").isLessThanOrEqualTo(3);
        }
    }

    @Test
    void shouldWakeUpAtMostOnceForADeadlineThatIsNoMore() throws InterruptedException {
        try (EventLoop loop = new EventLoop()) {
            AtomicInteger turns = new AtomicInteger();
            loop.onTurn(OptionalLong::empty, turns::incrementAndGet);
            Thread thread = Thread.ofPlatform().start(loop::run);
            loop.submit(() -> {
                for (int i = 0; i < 1_000; i++) {
                    loop.cancel(loop.schedule(20_000_000 + i, () -> seen.add("cancelled")));
                }
                Timers.Timer timer = loop.schedule(20_000_000, () -> seen.add("cancelled"));
                loop.submit(() -> loop.cancel(timer));
            });
            await().during(Duration.ofMillis(100)).until(() -> turns.get() <= 4);
            assertThat(seen).isEmpty();
            loop.stop();
            thread.join();
        }
    }

    @Test
    void shouldShareATurnBetweenTheDeadlinesOfAMillisecond() throws InterruptedException {
        try (EventLoop loop = new EventLoop()) {
            AtomicInteger turns = new AtomicInteger();
            AtomicInteger due = new AtomicInteger();
            loop.onTurn(OptionalLong::empty, turns::incrementAndGet);
            long first = loop.nowNanos() + 10_000_000;
            for (int i = 0; i < 1_000; i++) {
                long deadline = first + i * 50_001L;
                loop.schedule(deadline - loop.nowNanos(), () -> {
                    if (loop.nowNanos() < deadline) {
                        seen.add("before its time");
                    }
                    if (due.incrementAndGet() == 1_000) {
                        seen.add("all");
                    }
                });
            }
            Thread thread = Thread.ofPlatform().start(loop::run);
            assertThat(next()).isEqualTo("all");
            loop.stop();
            thread.join();
            assertThat(turns.get()).as("for 1,000 deadlines in 50 ms").isLessThanOrEqualTo(400);
        }
    }

    @Test
    void shouldRunInTheNextTurnWhatATimerSchedulesForNow() throws InterruptedException {
        try (EventLoop loop = new EventLoop()) {
            loop.schedule(0, () -> loop.schedule(-1, () -> loop.schedule(0, () -> seen.add("third"))));
            Thread thread = Thread.ofPlatform().start(loop::run);
            assertThat(next()).isEqualTo("third");
            loop.stop();
            thread.join();
        }
    }

    @Test
    void shouldLeaveNoDescriptor() {
        var before = OpenDescriptors.ofThisProcess();
        new EventLoop().close();
        assertThat(OpenDescriptors.ofThisProcess()).isEqualTo(before);
    }
}
