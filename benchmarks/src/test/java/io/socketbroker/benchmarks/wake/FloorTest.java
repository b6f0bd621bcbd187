package io.socketbroker.benchmarks.wake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The floor moves every socket there and back, or it would be no floor; and the ledger notices if not. */
final class FloorTest {
    private static final int SOCKETS = 600;

    @ParameterizedTest
    @ValueSource(ints = {1, 253})
    void shouldPassEachReadableSocketOnceAndWatchItAgain(int batch) throws InterruptedException {
        int openBefore = OwnedFd.openCount();
        Sockets.Pair pair = Sockets.pair(Sockets.SOCK_SEQPACKET);
        Thread watcher = Thread.ofPlatform().start(() -> FloorWatcher.serve(pair.second(), batch));
        Ledger ledger = new Ledger(SOCKETS);
        try (ParkedSockets sockets = new ParkedSockets(ledger);
                FloorReceiver receiver = new FloorReceiver(pair.first(), ledger)) {
            sockets.open(SOCKETS, receiver);
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < SOCKETS; i++) {
                    sockets.speak(i);
                }
                assertThat(receiver.work(SOCKETS)).isBetween(Math.ceilDiv(SOCKETS, batch), SOCKETS);
            }
        }
        assertThat(watcher.join(Duration.ofSeconds(10))).isTrue();
        assertThat(OwnedFd.openCount()).isEqualTo(openBefore);
    }

    @Test
    void shouldMeasureEachArrivalOnce() throws InterruptedException {
        Sockets.Pair pair = Sockets.pair(Sockets.SOCK_SEQPACKET);
        Thread watcher = Thread.ofPlatform().start(() -> FloorWatcher.serve(pair.second(), 1));
        Ledger ledger = new Ledger(4);
        try (ParkedSockets sockets = new ParkedSockets(ledger);
                FloorReceiver receiver = new FloorReceiver(pair.first(), ledger)) {
            sockets.open(4, receiver);
            Arrivals arrivals = new Arrivals(receiver, sockets, ledger);
            // Far more than four sockets and this rate allow: some arrivals wait for a socket, none is left out.
            assertThat(arrivals.open(300, 1_000_000)).hasSize(300).allMatch(nanos -> nanos > 0);
            assertThat(arrivals.sustain(300, 3)).isPositive();
        }
        assertThat(watcher.join(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void shouldNoticeAWakeThatIsLostOrNobodyAskedFor() {
        Ledger ledger = new Ledger(1);
        try (Sockets.Pair pair = Sockets.pair(Sockets.SOCK_STREAM)) {
            assertThatThrownBy(() -> ledger.check(0, pair.second().fd())).isInstanceOf(InvalidRunException.class);
            ledger.expect(0, (byte) 7);
            assertThatThrownBy(() -> ledger.expect(0, (byte) 8)).isInstanceOf(InvalidRunException.class);
            Sockets.send(pair.first().fd(), new byte[] {9}, 0, 1);
            assertThatThrownBy(() -> ledger.check(0, pair.second().fd())).isInstanceOf(InvalidRunException.class);
        }
    }

    @Test
    void shouldKeepTheOrderOfIndices() {
        assertThat(Indices.decode(Indices.encode(List.of(3, 1, 70_000)))).containsExactly(3, 1, 70_000);
    }
}
