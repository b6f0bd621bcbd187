package io.socketbroker.daemon;

import io.socketbroker.daemon.core.Token;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.function.Supplier;

/** Secrets from the host's random numbers (urandom(4)), many with one look there. On the conductor thread. */
final class FreshTokens implements Supplier<Token> {
    private static final int TOKENS_AT_ONCE = 64;

    private final SecureRandom random = new SecureRandom();
    private final byte[] bytes = new byte[TOKENS_AT_ONCE * Token.BYTES];
    private final ByteBuffer unused = ByteBuffer.wrap(bytes).position(bytes.length);

    @Override
    public Token get() {
        if (!unused.hasRemaining()) {
            random.nextBytes(bytes);
            unused.rewind();
        }
        return new Token(unused.getLong(), unused.getLong());
    }
}
