package io.socketbroker.client;

import io.socketbroker.v1.WakeFilter;
import io.socketbroker.v1.WakeFilter.LengthPrefix;
import io.socketbroker.v1.WakeFilter.MismatchAction;
import java.util.Arrays;
import java.util.List;

/**
 * Decides from unread bytes whether they wake a handler. What it holds back stays unread; the end of the stream and the
 * keep-alive wake in any case. Immutable; each {@code with} gives a changed copy. The broker checks the values, not this
 * class.
 *
 * @param message what goes to the broker
 */
public record WakeRule(WakeFilter message) {

    /** Everything wakes: the default. */
    public static WakeRule any() {
        return new WakeRule(WakeFilter.getDefaultInstance());
    }

    /**
     * Byte streams: wakes only when so many bytes are there, as SO_RCVLOWAT of socket(7) has it; at most 65536. 0 and 1
     * mean any, the default. Goes together with one of the rules below.
     */
    public WakeRule withMinBytes(int count) {
        return with(message.toBuilder().setMinBytes(count));
    }

    /** Byte streams: wakes when the first bytes are these; at most 256. Replaces another rule. */
    public WakeRule withPrefix(byte[] first) {
        return with(message.toBuilder().setPrefix(Protos.bytes(first)));
    }

    /** Byte streams: wakes when a whole line is there, ended by LF; at most 65536 bytes. Replaces another rule. */
    public WakeRule withCompleteLine() {
        return with(message.toBuilder().setCompleteLine(true));
    }

    /**
     * Byte streams: wakes when a whole frame is there, whose first bytes tell its length, big-endian; at most 65536
     * bytes. Replaces another rule.
     *
     * @param lengthBytes size of the length: 1, 2 or 4
     * @param includesItself whether the length counts itself too
     */
    public WakeRule withCompleteFrame(int lengthBytes, boolean includesItself) {
        return with(message.toBuilder()
                .setLengthPrefix(
                        LengthPrefix.newBuilder().setLengthBytes(lengthBytes).setIncludesItself(includesItself)));
    }

    /** What becomes of bytes that can never match; by default they wake all the same. */
    public WakeRule onMismatch(MismatchAction action) {
        return with(message.toBuilder().setOnMismatch(action));
    }

    /**
     * UDP: wakes for datagrams of these sources only, and the broker discards the others; at most 64 in CIDR notation,
     * for example "192.0.2.0/24". None means all, the default.
     */
    public WakeRule withSources(List<String> prefixes) {
        return with(message.toBuilder().clearSourcePrefixes().addAllSourcePrefixes(prefixes));
    }

    /** As {@link #withSources(List)}. */
    public WakeRule withSources(String... prefixes) {
        return withSources(Arrays.asList(prefixes));
    }

    private static WakeRule with(WakeFilter.Builder changed) {
        return new WakeRule(changed.build());
    }
}
