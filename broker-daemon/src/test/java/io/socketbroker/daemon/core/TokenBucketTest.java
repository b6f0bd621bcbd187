package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void shouldGiveTheBurstAndThenTheRate() {
        TokenBucket bucket = new TokenBucket(10, 3);
        long now = 50 * SECOND;
        assertThat(bucket.available(now)).isEqualTo(3);
        assertThat(bucket.reserve(now)).isZero();
        assertThat(bucket.reserve(now)).isZero();
        assertThat(bucket.available(now)).isEqualTo(1);
        assertThat(bucket.reserve(now)).isZero();
        assertThat(bucket.available(now)).isZero();
        assertThat(bucket.waitNanos(now)).isEqualTo(SECOND / 10);
    }

    @Test
    void shouldReserveAheadWithATimeForEach() {
        TokenBucket bucket = new TokenBucket(10, 1);
        assertThat(bucket.reserve(0)).isZero();
        assertThat(bucket.reserve(0)).isEqualTo(SECOND / 10);
        assertThat(bucket.reserve(0)).isEqualTo(2 * SECOND / 10);
    }

    @Test
    void shouldRefillByItselfUpToTheBurst() {
        TokenBucket bucket = new TokenBucket(10, 3);
        for (int i = 0; i < 3; i++) {
            bucket.reserve(0);
        }
        assertThat(bucket.isFull(SECOND / 10)).isFalse();
        assertThat(bucket.available(SECOND / 10)).isEqualTo(1);
        assertThat(bucket.available(3 * SECOND / 10)).isEqualTo(3);
        assertThat(bucket.available(100 * SECOND)).isEqualTo(3);
        assertThat(bucket.isFull(100 * SECOND)).isTrue();
    }
}
