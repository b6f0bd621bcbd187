package io.socketbroker.daemon.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.Io;
import io.socketbroker.linux.OpenDescriptors;
import io.socketbroker.linux.Pipes;
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
    void shouldLeaveNoDescriptor() {
        var before = OpenDescriptors.ofThisProcess();
        new EventLoop().close();
        assertThat(OpenDescriptors.ofThisProcess()).isEqualTo(before);
    }
}
