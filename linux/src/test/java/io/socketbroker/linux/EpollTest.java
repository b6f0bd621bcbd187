package io.socketbroker.linux;

import static io.socketbroker.linux.Failures.LOOPBACK_4;
import static io.socketbroker.linux.Failures.NOT_OPEN;
import static io.socketbroker.linux.Failures.assertFails;
import static io.socketbroker.linux.Failures.local;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EpollTest {

    private static final int WAIT_MILLIS = 2000;
    private static final long DATA = 0x8123_4567_89AB_CDEFL;
    private static final int MASK = Epoll.EPOLLIN | Epoll.EPOLLRDHUP | Epoll.EPOLLONESHOT;

    private final Epoll epoll = new Epoll(16);
    private final Sockets.Pair pair = Sockets.pair(Sockets.SOCK_STREAM);

    @AfterEach
    void close() {
        epoll.close();
        pair.close();
    }

    private void write() {
        assertThat(Sockets.send(pair.second().fd(), new byte[1], 0, 1)).isEqualTo(1);
    }

    @Test
    void shouldReportEventsWithTheirData() {
        epoll.add(pair.first().fd(), Epoll.EPOLLIN, DATA);
        assertThat(epoll.await(0)).isZero();
        write();
        assertThat(epoll.await(WAIT_MILLIS)).isEqualTo(1);
        assertThat(epoll.events(0)).isEqualTo(Epoll.EPOLLIN);
        assertThat(epoll.data(0)).isEqualTo(DATA);
    }

    @Test
    void shouldKeepManyEventsApart() {
        var pairs = new ArrayList<Sockets.Pair>();
        for (int i = 0; i < 15; i++) {
            var each = Sockets.pair(Sockets.SOCK_STREAM);
            pairs.add(each);
            epoll.add(each.first().fd(), Epoll.EPOLLIN, DATA + i);
            Sockets.send(each.second().fd(), new byte[1], 0, 1);
        }
        assertThat(epoll.await(WAIT_MILLIS)).isEqualTo(15);
        var seen = new TreeSet<Long>();
        for (int i = 0; i < 15; i++) {
            assertThat(epoll.events(i)).isEqualTo(Epoll.EPOLLIN);
            seen.add(epoll.data(i) - DATA);
        }
        assertThat(seen).hasSize(15).first().isEqualTo(0L);
        pairs.forEach(Sockets.Pair::close);
    }

    @Test
    void shouldReturnNoMoreThanTheMaximum() {
        try (var small = new Epoll(1);
                var other = Sockets.pair(Sockets.SOCK_STREAM)) {
            small.add(pair.first().fd(), Epoll.EPOLLOUT, 1);
            small.add(other.first().fd(), Epoll.EPOLLOUT, 2);
            assertThat(small.await(0)).isEqualTo(1);
            assertThatThrownBy(() -> small.data(1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void shouldFireOnceUntilArmedAgain() {
        epoll.add(pair.first().fd(), MASK, 1);
        write();
        assertThat(epoll.await(WAIT_MILLIS)).isEqualTo(1);
        write();
        assertThat(epoll.await(0)).isZero();
        epoll.modify(pair.first().fd(), MASK, 2);
        assertThat(epoll.await(WAIT_MILLIS)).isEqualTo(1);
        assertThat(epoll.data(0)).isEqualTo(2);
    }

    @Test
    void shouldReportAHalfCloseAndAClose() {
        epoll.add(pair.first().fd(), Epoll.EPOLLIN | Epoll.EPOLLRDHUP, 1);
        Sockets.shutdown(pair.second().fd(), Sockets.SHUT_WR);
        assertThat(epoll.await(WAIT_MILLIS)).isEqualTo(1);
        assertThat(epoll.events(0)).isEqualTo(Epoll.EPOLLIN | Epoll.EPOLLRDHUP);
        pair.second().close();
        assertThat(epoll.await(WAIT_MILLIS)).isEqualTo(1);
        assertThat(epoll.events(0)).isEqualTo(Epoll.EPOLLIN | Epoll.EPOLLRDHUP | Epoll.EPOLLHUP);
    }

    @Test
    void shouldWatchListeners() {
        try (var listener = Sockets.listenTcp(LOOPBACK_4, 4)) {
            epoll.add(listener.fd(), MASK, 5);
            assertThat(epoll.await(0)).isZero();
            try (var client = Sockets.connectTcp(local(listener))) {
                assertThat(epoll.await(WAIT_MILLIS)).isEqualTo(1);
                assertThat(epoll.data(0)).isEqualTo(5);
                assertThat(client.isOpen()).isTrue();
            }
        }
    }

    @Test
    void shouldForgetADeletedDescriptor() {
        epoll.add(pair.first().fd(), Epoll.EPOLLIN, 1);
        epoll.delete(pair.first().fd());
        write();
        assertThat(epoll.await(0)).isZero();
        epoll.add(pair.first().fd(), Epoll.EPOLLIN, 2);
        assertThat(epoll.await(0)).isEqualTo(1);
    }

    @Test
    void shouldStillReportAClosedDescriptorThatHasADuplicate() {
        // Why a registration is deleted before the close, and why data carries a generation.
        var watched = pair.first();
        epoll.add(watched.fd(), Epoll.EPOLLIN, DATA);
        try (var duplicate = watched.duplicate()) {
            var stale = watched.fd();
            watched.close();
            write();
            assertThat(epoll.await(WAIT_MILLIS)).isEqualTo(1);
            assertThat(epoll.data(0)).isEqualTo(DATA);
            assertFails(Errno.EBADF, () -> epoll.delete(stale));
            assertThat(duplicate.isOpen()).isTrue();
        }
        assertThat(epoll.await(0)).isZero();
    }

    @Test
    void shouldRefuseWhatDoesNotFitTheRegistrations(@TempDir Path directory) throws Exception {
        epoll.add(pair.first().fd(), Epoll.EPOLLIN, 1);
        assertFails(Errno.EEXIST, () -> epoll.add(pair.first().fd(), Epoll.EPOLLIN, 1));
        assertFails(Errno.ENOENT, () -> epoll.modify(pair.second().fd(), Epoll.EPOLLIN, 1));
        assertFails(Errno.ENOENT, () -> epoll.delete(pair.second().fd()));
        assertFails(Errno.EBADF, () -> epoll.add(NOT_OPEN, Epoll.EPOLLIN, 1))
                .satisfies(e -> assertThat(e.fd()).isEqualTo(NOT_OPEN.number()));
        assertFails(Errno.EINVAL, () -> epoll.add(epoll.fd(), Epoll.EPOLLIN, 1));
        try (var output = Files.newOutputStream(directory.resolve("file"))) {
            output.write(1);
            int file = OpenDescriptors.ofThisProcess().entrySet().stream()
                    .filter(entry -> entry.getValue().endsWith("/file"))
                    .findAny()
                    .orElseThrow()
                    .getKey();
            assertFails(Errno.EPERM, () -> epoll.add(new Fd(file), Epoll.EPOLLIN, 1));
        }
    }

    @Test
    void shouldHaveNoEventsAfterATimeout() {
        epoll.add(pair.first().fd(), Epoll.EPOLLOUT, 1);
        assertThat(epoll.await(0)).isEqualTo(1);
        epoll.modify(pair.first().fd(), Epoll.EPOLLIN, 1);
        long start = System.nanoTime();
        assertThat(epoll.await(20)).isZero();
        assertThat(System.nanoTime() - start).isGreaterThan(15_000_000);
        assertThatThrownBy(() -> epoll.events(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> epoll.data(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldTakeRegistrationsOfOtherThreadsWhileWaiting() throws Exception {
        try (var thread = Executors.newSingleThreadExecutor()) {
            write();
            var added = thread.submit(() -> epoll.add(pair.first().fd(), Epoll.EPOLLIN, 9));
            assertThat(epoll.await(WAIT_MILLIS)).isEqualTo(1);
            assertThat(epoll.data(0)).isEqualTo(9);
            added.get();
        }
    }

    @Test
    void shouldRefuseUseAfterClose() {
        var closed = new Epoll(1);
        assertThat(DescriptorFlags.isCloseOnExec(closed.fd())).isTrue();
        closed.close();
        closed.close();
        assertThatThrownBy(() -> closed.await(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> closed.add(pair.first().fd(), Epoll.EPOLLIN, 1))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(closed::fd).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new Epoll(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
