package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.ErrorReason;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A secret of 128 random bits that names a claim or an activation.
 *
 * @param high the first 8 bytes, big-endian
 * @param low the last 8 bytes, big-endian
 */
public record Token(long high, long low) {
    /** Length on the wire. */
    public static final int BYTES = 16;

    /** Empty unless the bytes are a token's length. */
    public static Optional<Token> of(ByteString bytes) {
        if (bytes.size() != BYTES) {
            return Optional.empty();
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return Optional.of(new Token(buffer.getLong(), buffer.getLong()));
    }

    /**
     * What a caller sent as a token.
     *
     * @throws BrokerRefusal TOKEN_UNKNOWN if it has another length
     */
    public static Token named(ByteString bytes) {
        return of(bytes)
                .orElseThrow(() -> new BrokerRefusal(
                        ErrorReason.ERROR_REASON_TOKEN_UNKNOWN, "token", "must have " + BYTES + " bytes"));
    }

    /** As on the wire. */
    public ByteString bytes() {
        return ByteString.copyFrom(
                ByteBuffer.allocate(BYTES).putLong(high).putLong(low).flip());
    }

    /** As in SOCKETBROKER_TOKEN: 32 hexadecimal digits. */
    public String hex() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }

    /** Without the secret, so that a token never reaches a log. */
    @Override
    public String toString() {
        return "Token[...]";
    }
}
