package io.socketbroker.daemon.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff(100, 450);

    @Test
    void shouldWaitTwiceAsLongEachTimeUpToItsBound() {
        long now = 0;
        for (long expected : new long[] {100, 200, 400, 450, 450}) {
            backoff.failed(now);
            assertThat(backoff.nanosLeft(now)).isEqualTo(expected);
            assertThat(backoff.isDue(now + expected - 1)).isFalse();
            assertThat(backoff.isDue(now + expected)).isTrue();
            now += expected;
        }
    }

    @Test
    void shouldStartAfreshAfterASuccessThatLasted() {
        backoff.failed(0);
        backoff.failed(100);
        backoff.succeeded(300);
        backoff.failed(1_000);
        assertThat(backoff.nanosLeft(1_000)).isEqualTo(100);
    }

    @Test
    void shouldGoOnAfterASuccessThatDidNotLast() {
        backoff.failed(0);
        backoff.failed(100);
        backoff.succeeded(300);
        backoff.failed(310);
        assertThat(backoff.nanosLeft(310)).isEqualTo(400);
    }
}
