package io.socketbroker.daemon.core;

/**
 * Hashes of names that users choose: with the secret of this broker, so that nobody can make up names that fall together.
 * A polynomial of the characters at a secret point, modulo 2^61 - 1. Immutable.
 */
final class NameHash {
    private static final long PRIME = (1L << 61) - 1;

    private final long point;

    /** With 64 bits that nobody can guess. */
    NameHash(long secret) {
        // Not 0, 1 or anything near: those hash many names alike.
        point = (1L << 32) + (secret >>> 4) % (PRIME - (1L << 33));
    }

    int of(SocketName name) {
        long hash = add(1, name.uid() & 0xffff_ffffL);
        hash = add(hash, name.app());
        // Between "a" + "bc" and "ab" + "c".
        hash = add(hash, 0x1_0000);
        hash = add(hash, name.id());
        return spread(hash);
    }

    /** Names that differ in their last character alone differ little until here, and would lie side by side. */
    private static int spread(long hash) {
        // The finaliser of SplittableRandom (Stafford, variant 13).
        long mixed = (hash ^ (hash >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return (int) (mixed ^ (mixed >>> 31));
    }

    /** Of a number that the kernel chose, such as SO_COOKIE. */
    static int of(long cookie) {
        return spread(cookie);
    }

    private long add(long hash, String text) {
        long sum = hash;
        for (int i = 0; i < text.length(); i++) {
            sum = add(sum, text.charAt(i));
        }
        return sum;
    }

    /** hash * point + value. */
    private long add(long hash, long value) {
        long high = Math.multiplyHigh(hash, point);
        long low = hash * point;
        // 2^61 is 1 modulo the prime.
        long sum = (low & PRIME) + ((low >>> 61) | (high << 3)) + value;
        long folded = (sum & PRIME) + (sum >>> 61);
        return folded >= PRIME ? folded - PRIME : folded;
    }
}
