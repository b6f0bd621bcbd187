package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketOptions;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AdaptiveIntervalsTest {
    private static final long SECOND = 1_000_000_000L;

    private final AdaptiveIntervals intervals = new AdaptiveIntervals();
    private final SocketEntry socket = socket(1_000, true);

    private static SocketEntry socket(int uid, boolean adaptive) {
        Endpoint peer = new Endpoint.Inet(InetAddress.ofLiteral("192.0.2.1"), 443);
        return new SocketEntry(
                new Slot(0),
                new SocketName(uid, "app", "a"),
                new TaskName(uid, "app", "task"),
                new Candidate(SocketKind.SOCKET_KIND_STREAM, "tcp", 1, Optional.empty(), Optional.of(peer), false),
                Instant.EPOCH,
                "",
                SocketOptions.getDefaultInstance(),
                ByteString.EMPTY,
                KeepAlive.newBuilder()
                        .setInterval(Durations.fromSeconds(60))
                        .setAdaptive(adaptive)
                        .build());
    }

    private void hold(int times) {
        for (int i = 0; i < times; i++) {
            intervals.held(socket, 0);
        }
    }

    @Test
    void shouldLengthenWhileTheConnectionHoldsUpToTheBound() {
        assertThat(intervals.intervalNanos(socket)).isEqualTo(60 * SECOND);
        hold(1);
        assertThat(intervals.intervalNanos(socket)).isEqualTo(60 * SECOND);
        hold(1);
        assertThat(intervals.intervalNanos(socket)).isEqualTo(90 * SECOND);
        hold(100);
        assertThat(intervals.intervalNanos(socket)).isEqualTo(480 * SECOND);
    }

    @Test
    void shouldShortenWhenThePeerIsLostAndStayBelowWhatFailed() {
        hold(100);
        intervals.lost(socket, 0);
        assertThat(intervals.intervalNanos(socket)).isEqualTo(240 * SECOND);
        hold(100);
        assertThat(intervals.intervalNanos(socket)).isEqualTo(360 * SECOND);
        for (int i = 0; i < 10; i++) {
            intervals.lost(socket, 0);
        }
        assertThat(intervals.intervalNanos(socket))
                .as("never below what was asked for")
                .isEqualTo(60 * SECOND);
    }

    @Test
    void shouldTryTheLongIntervalAgainAfterAnHour() {
        hold(100);
        intervals.lost(socket, 0);
        for (int i = 0; i < 100; i++) {
            intervals.held(socket, 3_601 * SECOND);
        }
        assertThat(intervals.intervalNanos(socket)).isEqualTo(480 * SECOND);
    }

    @Test
    void shouldLearnForOneUserAndOnlyWhereItIsWanted() {
        hold(100);
        assertThat(intervals.intervalNanos(socket(1_001, true))).isEqualTo(60 * SECOND);
        assertThat(intervals.intervalNanos(socket(1_000, false))).isEqualTo(60 * SECOND);
        assertThat(intervals.intervalNanos(socket(1_000, true))).isEqualTo(480 * SECOND);
    }
}
