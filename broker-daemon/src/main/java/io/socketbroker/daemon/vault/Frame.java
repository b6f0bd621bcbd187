package io.socketbroker.daemon.vault;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One message between broker and vault on their SOCK_SEQPACKET socket. Immutable. All numbers are big-endian:
 *
 * <pre>
 * offset bytes
 *      0     1  version, 1; version, kind and sequence stay at their places in every version
 *      1     1  kind, see {@link Kind}
 *      2     2  count of entries: 1 to 253 for PUT, DROP, LISTED and SHOWN, 0 for all others
 *      4     4  sequence, chosen by whoever asks; the answer has the same
 *      8     4  number, see {@link Kind}; 0 where it has no meaning
 *     12  12 n  entries: slot (4 bytes, below 1,048,576) and SO_COOKIE (8 bytes) of each
 *   then        only in REFUSED: a text for people, UTF-8, up to 512 bytes
 * </pre>
 *
 * <p>PUT and LISTED carry as many descriptors (SCM_RIGHTS of unix(7)) as entries, in the same order; no other frame carries
 * any. Every request gets exactly one answer, in the order of the requests. The vault reads no further request of a
 * connection before it could send the answer to the one before: whoever does not read its answers stalls nobody but itself.
 *
 * @param kind what it is
 * @param sequence ties an answer to its request
 * @param number depends on the kind
 * @param entries depends on the kind
 * @param text empty but in REFUSED
 */
public record Frame(Kind kind, int sequence, int number, List<Entry> entries, String text) {
    /** SCM_MAX_FD: the kernel passes no more descriptors in one message. */
    public static final int MOST_ENTRIES = 253;

    /** Slots are below this. */
    public static final int MOST_SLOTS = 1 << 20;

    private static final int VERSION = 1;
    private static final int COUNT_OFFSET = 2;
    private static final int SEQUENCE_OFFSET = 4;
    private static final int HEADER_BYTES = 12;
    private static final int ENTRY_BYTES = Integer.BYTES + Long.BYTES;
    private static final int MOST_TEXT_BYTES = 512;

    /** The longest frame. */
    public static final int MOST_BYTES = HEADER_BYTES + MOST_ENTRIES * ENTRY_BYTES;

    /** The list is not copied, and must not change any more. */
    public Frame {
        Objects.requireNonNull(kind);
    }

    /** A frame without entries. */
    public static Frame of(Kind kind, int sequence, int number) {
        return new Frame(kind, sequence, number, List.of(), "");
    }

    /** A frame with entries. */
    public static Frame of(Kind kind, int sequence, int number, List<Entry> entries) {
        return new Frame(kind, sequence, number, entries, "");
    }

    static Frame refused(int sequence, FrameException refusal) {
        String message = Objects.requireNonNullElse(refusal.getMessage(), "");
        return new Frame(Kind.REFUSED, sequence, refusal.reason().code(), List.of(), message);
    }

    /** Of a REFUSED. */
    public Reason reason() {
        return Reason.of(number);
    }

    /** As the socket carries it. */
    public byte[] encode() {
        byte[] textBytes = text.getBytes(StandardCharsets.UTF_8);
        int textLength = Math.min(textBytes.length, MOST_TEXT_BYTES);
        ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES + entries.size() * ENTRY_BYTES + textLength);
        buffer.put((byte) VERSION).put((byte) kind.code()).putShort((short) entries.size());
        buffer.putInt(sequence).putInt(number);
        for (int i = 0; i < entries.size(); i++) {
            buffer.putInt(entries.get(i).slot()).putLong(entries.get(i).cookie());
        }
        return buffer.put(textBytes, 0, textLength).array();
    }

    /** The sequence of what may be a frame of any version; 0 if it is too short for one. */
    static int sequenceOf(byte[] bytes) {
        return bytes.length < HEADER_BYTES ? 0 : ByteBuffer.wrap(bytes).getInt(SEQUENCE_OFFSET);
    }

    /**
     * Reads a whole frame.
     *
     * @throws FrameException if it is none
     */
    public static Frame decode(byte[] bytes) {
        require(bytes.length >= HEADER_BYTES, "shorter than a header");
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int version = Byte.toUnsignedInt(buffer.get());
        if (version != VERSION) {
            throw new FrameException(
                    Reason.VERSION, "version 1 is spoken here, not ".concat(Integer.toString(version)));
        }
        Kind kind = Kind.of(Byte.toUnsignedInt(buffer.get()));
        int count = Short.toUnsignedInt(buffer.getShort(COUNT_OFFSET));
        require(kind.withEntries() ? count > 0 && count <= MOST_ENTRIES : count == 0, "not a count of entries for it");
        int textLength = bytes.length - HEADER_BYTES - count * ENTRY_BYTES;
        require(textLength >= 0 && textLength <= (kind == Kind.REFUSED ? MOST_TEXT_BYTES : 0), "not its length");
        buffer.position(SEQUENCE_OFFSET);
        return new Frame(kind, buffer.getInt(), buffer.getInt(), entries(buffer, count), text(bytes, textLength));
    }

    private static List<Entry> entries(ByteBuffer buffer, int count) {
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int slot = buffer.getInt();
            require(slot >= 0 && slot < MOST_SLOTS, "a slot out of range");
            entries.add(new Entry(slot, buffer.getLong()));
        }
        return entries;
    }

    private static String text(byte[] bytes, int length) {
        return new String(bytes, bytes.length - length, length, StandardCharsets.UTF_8);
    }

    private static void require(boolean right, String fault) {
        if (!right) {
            throw new FrameException(Reason.MALFORMED, fault);
        }
    }
}
