package io.socketbroker.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class EventFdTest {

    @Test
    void shouldWakeAnEpollUntilDrained() {
        try (var event = new EventFd();
                var epoll = new Epoll(4)) {
            epoll.add(event.fd(), Epoll.EPOLLIN, 1);
            assertThat(epoll.await(0)).isZero();
            event.signal();
            event.signal();
            assertThat(epoll.await(1000)).isEqualTo(1);
            event.drain();
            assertThat(epoll.await(0)).isZero();
            event.drain();
        }
    }

    @Test
    void shouldBeNonBlockingAndCloseOnExec() {
        try (var event = new EventFd()) {
            assertThat(DescriptorFlags.isNonBlocking(event.fd())).isTrue();
            assertThat(DescriptorFlags.isCloseOnExec(event.fd())).isTrue();
        }
    }

    @Test
    void shouldTakeASignalAtItsMaximum() {
        try (var event = new EventFd()) {
            var memory = ThreadMemory.current().option();
            memory.setLong(0, -2); // the maximum of eventfd(2): one more would overflow
            assertThat(LibcDescriptors.WRITE.call(event.fd().number(), memory.address(), 8))
                    .isEqualTo(8);
            event.signal();
            event.drain();
            event.signal();
        }
    }

    @Test
    void shouldRefuseUseAfterClose() {
        var event = new EventFd();
        event.close();
        event.close();
        assertThatThrownBy(event::signal).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(event::drain).isInstanceOf(IllegalStateException.class);
    }
}
