package io.socketbroker.linux;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The calls of the inner loops take no new native memory, each piece of which would also cost heap for its owner. */
final class HotPathTest {

    private static final int CALLS = 20_000;

    private final Sockets.Pair pair = Sockets.pair(Sockets.SOCK_SEQPACKET);
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @AfterEach
    void close() {
        pair.close();
    }

    /** Mean heap bytes of one call after warming up. */
    private long bytesPerCall(Runnable call) {
        repeat(call);
        long before = threads.getCurrentThreadAllocatedBytes();
        repeat(call);
        return (threads.getCurrentThreadAllocatedBytes() - before) / CALLS;
    }

    private static void repeat(Runnable call) {
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
    }

    @Test
    void shouldNoticeNativeMemory() {
        assertThat(bytesPerCall(() -> NativeBlock.allocate(8))).isGreaterThan(150);
    }

    @Test
    void shouldPeekAndAskOptionsWithoutNativeMemory() {
        var socket = pair.first().fd();
        var buffer = new byte[512];
        Sockets.send(pair.second().fd(), buffer, 0, 512);
        assertThat(bytesPerCall(() -> Sockets.peek(socket, buffer))).isLessThan(100);
        assertThat(bytesPerCall(() -> SocketOptions.cookie(socket))).isLessThan(100);
        assertThat(bytesPerCall(() -> Sockets.bytesAvailable(socket))).isLessThan(100);
    }

    @Test
    void shouldAwaitAndRearmWithoutNativeMemory() {
        try (var epoll = new Epoll(16)) {
            int mask = Epoll.EPOLLOUT | Epoll.EPOLLONESHOT;
            epoll.add(pair.first().fd(), mask, 1);
            assertThat(bytesPerCall(() -> {
                        epoll.await(0);
                        epoll.modify(pair.first().fd(), mask, epoll.data(0));
                    }))
                    .isLessThan(100);
        }
    }

    @Test
    void shouldTellTheTimeAndSetTimersWithoutNativeMemory() {
        try (var timer = new TimerFd()) {
            assertThat(bytesPerCall(BootClock::nanos)).isLessThan(100);
            assertThat(bytesPerCall(() -> {
                        timer.setDeadline(Long.MAX_VALUE);
                        timer.drain();
                    }))
                    .isLessThan(100);
        }
    }

    @Test
    void shouldListenForChangesOfTheNetworkWithoutNativeMemory() {
        try (var socket = RouteSocket.open()) {
            assertThat(bytesPerCall(socket::drain)).isLessThan(100);
        }
    }

    @Test
    void shouldPassMessagesWithoutNativeMemory() {
        try (var channel = new DescriptorChannel(4096)) {
            var payload = new byte[8];
            var descriptors = List.of(pair.first().fd());
            // The message, its lists and its descriptor are heap; the buffers of 4096 bytes and more are not among it.
            assertThat(bytesPerCall(() -> {
                        channel.send(pair.first().fd(), payload, descriptors);
                        ((DescriptorChannel.Received.Message)
                                        channel.receive(pair.second().fd()))
                                .close();
                    }))
                    .isLessThan(700);
        }
    }

    @Test
    void shouldKeepSmallBuffersAndForgetLargeOnes() {
        var memory = ThreadMemory.current();
        var small = memory.buffer(1000);
        assertThat(memory.buffer(1)).isSameAs(small);
        var grown = memory.buffer((int) small.byteSize() + 1);
        assertThat(grown.byteSize()).isGreaterThan(small.byteSize());
        assertThat(memory.buffer(64 * 1024).byteSize()).isEqualTo(64 * 1024);
        assertThat(memory.buffer(64 * 1024)).isSameAs(memory.buffer(1));
        var large = memory.buffer(64 * 1024 + 1);
        assertThat(large.byteSize()).isGreaterThan(64 * 1024);
        assertThat(memory.buffer(64 * 1024 + 1)).isNotSameAs(large);
    }

    @Test
    void shouldGiveEachThreadItsOwnMemory() throws Exception {
        var mine = ThreadMemory.current();
        var others = new ThreadMemory[2];
        var platform = Thread.ofPlatform().start(() -> others[0] = ThreadMemory.current());
        var virtual = Thread.ofVirtual().start(() -> others[1] = ThreadMemory.current());
        platform.join();
        virtual.join();
        assertThat(others).doesNotContainNull().doesNotContain(mine).doesNotHaveDuplicates();
    }
}
