package io.socketbroker.daemon.journal;

import static io.socketbroker.daemon.journal.Entries.TIME;
import static io.socketbroker.daemon.journal.Entries.activation;
import static io.socketbroker.daemon.journal.Entries.remove;
import static io.socketbroker.daemon.journal.Entries.update;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OverlayTest {
    private final Overlay overlay = new Overlay(10_000);

    @Test
    void shouldKeepTheLatestOfEachRecordInTheOrderOfChanges() {
        Change first = Change.of(update("a", 1, 0));
        Change other = Change.of(update("b", 2, 0));
        Change latest = Change.of(remove("a"));
        assertThat(overlay.put(first)).isTrue();
        assertThat(overlay.put(other)).isTrue();
        assertThat(overlay.put(latest)).isTrue();
        assertThat(overlay.changes()).containsExactly(other, latest);
    }

    @Test
    void shouldKeepTheFormerChangeWhereThereIsNoRoomForTheNext() {
        Change small = Change.of(update("a", 1, 0));
        assertThat(overlay.put(small)).isTrue();
        assertThat(overlay.put(Change.of(update("a", 2, 10_000)))).isFalse();
        assertThat(overlay.put(Change.of(update("b", 2, 10_000)))).isFalse();
        assertThat(overlay.changes()).containsExactly(small);
    }

    @Test
    void shouldHaveRoomAgainForWhatGetsSmaller() {
        assertThat(overlay.put(Change.of(update("a", 1, 9_000)))).isTrue();
        assertThat(overlay.put(Change.of(update("b", 1, 5_000)))).isFalse();
        assertThat(overlay.put(Change.of(update("a", 2, 100)))).isTrue();
        assertThat(overlay.put(Change.of(update("b", 1, 5_000)))).isTrue();
        overlay.clear();
        assertThat(overlay.bytes()).isZero();
        assertThat(overlay.put(Change.of(update("c", 1, 9_000)))).isTrue();
    }

    @Test
    void shouldLeaveMostOfTheRoomToSockets() {
        int activations = 0;
        while (overlay.put(Change.of(activation(activations, TIME)))) {
            activations++;
        }
        assertThat(activations).isPositive();
        assertThat(overlay.bytes()).isLessThanOrEqualTo(2_500);
        assertThat(overlay.put(Change.of(update("a", 1, 5_000)))).isTrue();
    }
}
