package io.socketbroker.daemon.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HoldingsTest {
    private final int before = OwnedFd.openCount();
    private final Holdings holdings = new Holdings();

    @AfterEach
    void shouldOwnNothingButWhatItHolds() {
        assertThat(OwnedFd.openCount() - before).isEqualTo(holdings.count());
        List<Entry> held = holdings.from(0, Integer.MAX_VALUE).entries();
        assertThat(held).hasSize(holdings.count());
        held.forEach(holdings::drop);
        assertThat(holdings.count()).isZero();
        assertThat(OwnedFd.openCount()).isEqualTo(before);
    }

    private static OwnedFd socket() {
        return Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_STREAM, 0);
    }

    @Test
    void shouldGiveWhatItHoldsBySlot() {
        OwnedFd far = socket();
        OwnedFd near = socket();
        holdings.put(new Entry(Frame.MOST_SLOTS - 1, 8), far);
        holdings.put(new Entry(3, 9), near);
        assertThat(holdings.from(0, 5).entries()).containsExactly(new Entry(3, 9), new Entry(Frame.MOST_SLOTS - 1, 8));
        assertThat(holdings.from(0, 5).descriptors()).containsExactly(near.fd(), far.fd());
        assertThat(holdings.from(0, 1).entries()).containsExactly(new Entry(3, 9));
        assertThat(holdings.from(4, 5).descriptors()).containsExactly(far.fd());
        assertThat(holdings.from(Frame.MOST_SLOTS, 5).entries()).isEmpty();
    }

    @Test
    void shouldReplaceAndCloseTheFormer() {
        OwnedFd former = socket();
        OwnedFd next = socket();
        holdings.put(new Entry(0, 1), former);
        holdings.put(new Entry(0, 2), next);
        assertThat(former.isOpen()).isFalse();
        assertThat(holdings.count()).isEqualTo(1);
        assertThat(holdings.from(0, 9).descriptors()).containsExactly(next.fd());
    }

    @Test
    void shouldKeepWhatAStaleDropMeansNoMore() {
        OwnedFd held = socket();
        holdings.put(new Entry(300, 2), held);
        holdings.drop(new Entry(300, 1));
        holdings.drop(new Entry(299, 2));
        holdings.drop(new Entry(100_000, 2));
        assertThat(holdings.from(0, 9).descriptors()).containsExactly(held.fd());
        holdings.drop(new Entry(300, 2));
        holdings.drop(new Entry(300, 2));
        assertThat(holdings.from(0, 9).descriptors()).isEqualTo(List.<Fd>of());
    }
}
