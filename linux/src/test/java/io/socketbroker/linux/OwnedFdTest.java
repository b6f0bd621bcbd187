package io.socketbroker.linux;

import static io.socketbroker.linux.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class OwnedFdTest {

    @Test
    void shouldCloseItsDescriptorOnce() {
        try (var pipe = Pipes.create()) {
            var owned = pipe.readEnd();
            int number = owned.number();
            owned.close();
            assertThat(owned.isOpen()).isFalse();
            try (var successor = pipe.writeEnd().duplicate()) {
                assertThat(successor.number()).isEqualTo(number);
                owned.close();
                assertThat(OpenDescriptors.ofThisProcess()).containsKey(number);
            }
        }
    }

    @Test
    void shouldRefuseUseAfterClose() {
        var pipe = Pipes.create();
        pipe.close();
        var closed = pipe.readEnd();
        assertThatThrownBy(closed::fd).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatThrownBy(closed::number).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(closed::duplicate).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(closed::release).isInstanceOf(IllegalStateException.class);
        assertThat(closed).asString().endsWith("is closed or released");
    }

    @Test
    void shouldGiveTheNumberAwayOnRelease() {
        try (var pipe = Pipes.create()) {
            int number = pipe.readEnd().release();
            assertThat(pipe.readEnd().isOpen()).isFalse();
            pipe.readEnd().close();
            assertThat(OpenDescriptors.ofThisProcess()).containsKey(number);
            try (var next = OwnedFd.own(number)) {
                assertThat(next.number()).isEqualTo(number);
            }
        }
    }

    @Test
    void shouldDuplicateADescriptorOnLoan() {
        try (var pair = Sockets.pair(Sockets.SOCK_STREAM);
                var duplicate = OwnedFd.duplicateOf(pair.first().fd())) {
            assertThat(duplicate.number()).isNotEqualTo(pair.first().number());
            assertThat(SocketOptions.cookie(duplicate.fd()))
                    .isEqualTo(SocketOptions.cookie(pair.first().fd()));
            assertThat(DescriptorFlags.isCloseOnExec(duplicate.fd())).isTrue();
        }
    }

    @Test
    void shouldLendTheSameFdEachTime() {
        try (var pipe = Pipes.create()) {
            assertThat(pipe.readEnd().fd()).isSameAs(pipe.readEnd().fd());
            assertThat(pipe.readEnd()).hasToString("fd " + pipe.readEnd().number());
        }
    }

    @Test
    void shouldDuplicateTheSameOpenFile() {
        try (var pair = Sockets.pair(Sockets.SOCK_STREAM);
                var duplicate = pair.first().duplicate();
                var high = pair.first().duplicateAtOrAbove(500)) {
            assertThat(duplicate.number()).isNotEqualTo(pair.first().number());
            assertThat(high.number()).isGreaterThanOrEqualTo(500);
            assertThat(DescriptorFlags.isCloseOnExec(duplicate.fd())).isTrue();
            assertThat(DescriptorFlags.isCloseOnExec(high.fd())).isTrue();
            assertThat(SocketOptions.cookie(high.fd()))
                    .isEqualTo(SocketOptions.cookie(pair.first().fd()));
        }
    }

    @Test
    void shouldFailToDuplicateBeyondTheLimit() {
        try (var pipe = Pipes.create()) {
            assertFails(Errno.EINVAL, () -> pipe.readEnd().duplicateAtOrAbove(Integer.MAX_VALUE));
        }
    }

    @Test
    void shouldReportADescriptorThatSomebodyElseClosed() {
        var pipe = Pipes.create();
        var thief = OwnedFd.own(pipe.readEnd().number());
        thief.close();
        assertFails(Errno.EBADF, () -> pipe.readEnd().close())
                .satisfies(e -> assertThat(e.call()).isEqualTo("close"));
        pipe.writeEnd().close();
    }

    @Test
    void shouldRefuseNegativeNumbers() {
        assertThatThrownBy(() -> OwnedFd.own(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Fd(-5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-5");
        assertThat(List.of(Fd.STDIN, Fd.STDOUT, Fd.STDERR)).containsExactly(new Fd(0), new Fd(1), new Fd(2));
    }

    @Test
    void shouldCountOpenOwners() {
        int before = OwnedFd.openCount();
        var pipe = Pipes.create();
        assertThat(OwnedFd.openCount()).isEqualTo(before + 2);
        try (var moved = OwnedFd.own(pipe.readEnd().release())) {
            assertThat(OwnedFd.openCount()).isEqualTo(before + 2);
            assertThat(moved.isOpen()).isTrue();
        }
        pipe.close();
        assertThat(OwnedFd.openCount()).isEqualTo(before);
    }

    @Test
    void shouldLetOneOfManyThreadsRelease() throws Exception {
        for (int round = 0; round < 50; round++) {
            var pipe = Pipes.create();
            var start = new CountDownLatch(1);
            try (var threads = Executors.newFixedThreadPool(4)) {
                List<Future<Boolean>> releases = IntStream.range(0, 4)
                        .mapToObj(_ -> threads.submit(() -> releasedAfter(start, pipe.readEnd())))
                        .toList();
                start.countDown();
                int winners = 0;
                for (Future<Boolean> release : releases) {
                    winners += release.get() ? 1 : 0;
                }
                assertThat(winners).isEqualTo(1);
            }
            pipe.close();
        }
    }

    private static boolean releasedAfter(CountDownLatch start, OwnedFd owned) throws InterruptedException {
        start.await();
        try {
            OwnedFd.own(owned.release()).close();
            return true;
        } catch (IllegalStateException _) {
            return false;
        }
    }

    @Test
    void shouldTellWhereAnOpenOwnerWasMadeIfTracking() throws Exception {
        var options = List.of("-Dsocketbroker.trackDescriptors=true");
        var output = ForkedJvm.run(ForkedJvm.command(TrackingMain.class, options));
        assertThat(output).singleElement().asString().matches("1 open: fd \\d+ created at: .*TrackingMain\\.leak.*");
    }

    @Test
    void shouldOnlyCountWithoutTracking() throws Exception {
        assertThat(ForkedJvm.run(ForkedJvm.command(TrackingMain.class, List.of())))
                .containsExactly("1 open: ");
    }

    /** Leaves one of two descriptors open. */
    static final class TrackingMain {
        private TrackingMain() {}

        public static void main(String[] arguments) {
            leak();
            System.out.println(OwnedFd.openCount() + " open: " + String.join("; ", OwnedFd.openDescriptions()));
        }

        private static void leak() {
            Pipes.create().readEnd().close();
        }
    }
}
