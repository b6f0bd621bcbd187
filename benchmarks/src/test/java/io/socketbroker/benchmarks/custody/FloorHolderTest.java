package io.socketbroker.benchmarks.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A floor that lost descriptors would be no floor, and a comparison that did not notice would be worth nothing. */
final class FloorHolderTest {
    @Test
    void shouldHoldWhatItIsGivenAndGiveItBack() throws InterruptedException {
        int openBefore = OwnedFd.openCount();
        Sockets.Pair pair = Sockets.pair(Sockets.SOCK_SEQPACKET);
        Thread server = Thread.ofPlatform().start(() -> FloorHolder.serve(pair.second()));
        try (Connections connections = new Connections();
                FloorHolder holder = new FloorHolder(pair.first())) {
            List<OwnedFd> sockets = List.of(connections.connect(), connections.connect(), connections.connect());
            holder.put(0, sockets.get(0), connections.cookie(0));
            holder.putAll(1, sockets.subList(1, 3), connections.cookies().subList(1, 3));
            sockets.forEach(OwnedFd::close);
            holder.verify(connections.cookies());
            assertThatThrownBy(() -> holder.verify(List.of(connections.cookie(1), connections.cookie(0))))
                    .isInstanceOf(InvalidRunException.class)
                    .hasMessageContaining("holds another 0");
            for (int number = 2; number >= 0; number--) {
                try (OwnedFd taken = holder.take(number, connections.cookie(number))) {
                    assertThat(SocketOptions.cookie(taken.fd())).isEqualTo(connections.cookie(number));
                }
            }
            connections.closeLast(3);
            assertThat(connections.count()).isZero();
        }
        assertThat(server.join(Duration.ofSeconds(10))).isTrue();
        assertThat(OwnedFd.openCount()).isEqualTo(openBefore);
    }
}
