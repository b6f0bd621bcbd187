package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Timestamp;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * A protobuf message, written from its last field to its first: a nested message is there, and its length known, when that
 * length is written in front of it. For what is written often, where an object for each message costs more than the message.
 * The array is used again. Not thread-safe.
 *
 * <p>As proto3 has it, a field with its default is left out, but for those called present.
 */
final class BackwardWriter {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int MOST_VARINT_BYTES = 10;

    private byte[] bytes;
    private int start;

    /**
     * Empty.
     *
     * @param capacity in bytes; it grows at need
     */
    BackwardWriter(int capacity) {
        bytes = new byte[capacity];
        start = capacity;
    }

    /** Bytes written so far: where a nested message ends, for {@link #enclose}. */
    int size() {
        return bytes.length - start;
    }

    /** Forgets a message that was not finished. */
    void clear() {
        start = bytes.length;
    }

    /** The message; the writer is empty afterwards. */
    byte[] take() {
        byte[] message = Arrays.copyOfRange(bytes, start, bytes.length);
        start = bytes.length;
        return message;
    }

    private void reserve(int length) {
        if (length > start) {
            int size = size();
            byte[] larger = new byte[Math.max(2 * bytes.length, size + length)];
            System.arraycopy(bytes, start, larger, larger.length - size, size);
            start = larger.length - size;
            bytes = larger;
        }
    }

    private void putVarint(long value) {
        reserve(MOST_VARINT_BYTES);
        start -= CodedOutputStream.computeUInt64SizeNoTag(value);
        int at = start;
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[at] = (byte) rest;
    }

    private void putTag(int field, int type) {
        putVarint(((long) field << 3) | type);
    }

    /** Any integer, boolean as 1, or the number of an enum; uint32 without its sign. */
    void varint(int field, long value) {
        if (value != 0) {
            presentVarint(field, value);
        }
    }

    /** An optional one that is there. */
    void presentVarint(int field, long value) {
        putVarint(value);
        putTag(field, VARINT);
    }

    void bool(int field, boolean value) {
        varint(field, value ? 1 : 0);
    }

    void fixed64(int field, long value) {
        if (value == 0) {
            return;
        }
        reserve(Long.BYTES);
        start -= Long.BYTES;
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[start + i] = (byte) (value >>> (Byte.SIZE * i));
        }
        putTag(field, FIXED64);
    }

    void string(int field, String value) {
        if (!value.isEmpty()) {
            int end = size();
            text(value);
            enclose(field, end);
        }
    }

    void bytes(int field, ByteString value) {
        if (!value.isEmpty()) {
            int end = size();
            reserve(value.size());
            start -= value.size();
            value.copyTo(bytes, start);
            enclose(field, end);
        }
    }

    /** Present, also without fields. */
    void message(int field, MessageLite value) {
        int end = size();
        raw(value.toByteArray());
        enclose(field, end);
    }

    /** One in which nothing is set is left out. */
    void messageUnlessDefault(int field, MessageLite value) {
        if (!value.equals(value.getDefaultInstanceForType())) {
            message(field, value);
        }
    }

    /** The start of bytes that are to follow the message, so that they need not be copied into it; none if empty. */
    void startOfBytes(int field, ByteString following) {
        if (!following.isEmpty()) {
            putVarint(following.size());
            putTag(field, LENGTH_DELIMITED);
        }
    }

    /** A {@link Timestamp}, present. */
    void timestamp(int field, Instant value) {
        int end = size();
        varint(Timestamp.NANOS_FIELD_NUMBER, value.getNano());
        varint(Timestamp.SECONDS_FIELD_NUMBER, value.getEpochSecond());
        enclose(field, end);
    }

    /** As {@link Token#bytes}. */
    void token(int field, Token token) {
        reserve(Token.BYTES);
        start -= Token.BYTES;
        for (int i = 0; i < Long.BYTES; i++) {
            int shift = Byte.SIZE * (Long.BYTES - 1 - i);
            bytes[start + i] = (byte) (token.high() >>> shift);
            bytes[start + Long.BYTES + i] = (byte) (token.low() >>> shift);
        }
        enclose(field, size() - Token.BYTES);
    }

    /** Part of a string: its bytes without tag and length. */
    void text(String value) {
        int length = value.length();
        reserve(length);
        int at = start;
        for (int i = length - 1; i >= 0; i--) {
            char character = value.charAt(i);
            if (character >= 0x80) {
                raw(value.getBytes(StandardCharsets.UTF_8));
                return;
            }
            bytes[--at] = (byte) character;
        }
        start = at;
    }

    /** The same in ASCII digits. */
    void decimal(int value) {
        reserve(MOST_VARINT_BYTES);
        int rest = value;
        do {
            bytes[--start] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest != 0);
    }

    /** Bytes without tag and length. */
    void raw(byte[] value) {
        reserve(value.length);
        start -= value.length;
        System.arraycopy(value, 0, bytes, start, value.length);
    }

    /** Makes one field, a string or a nested message, of all that was written since the writer had this size. */
    void enclose(int field, int end) {
        putVarint(size() - end);
        putTag(field, LENGTH_DELIMITED);
    }
}
