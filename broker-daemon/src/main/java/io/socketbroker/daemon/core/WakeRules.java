package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.AutoAnswer;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.WakeFilter;
import io.socketbroker.v1.WakeFilter.LengthPrefix;
import java.net.InetAddress;
import java.util.List;

/**
 * Judges unread bytes: exact matches of what the broker deals with itself come first, then the wake filter. Pure functions
 * of what was peeked at; nothing is consumed by looking.
 */
final class WakeRules {
    /** No line, frame or minimum may be longer: the handler is woken, or the connection closed, instead. */
    static final int MOST_HELD_BYTES = 65_536;

    private static final Verdict WAKE = new Verdict.Wake();

    private WakeRules() {}

    /** How many bytes a look has to see; 0 if any byte wakes a handler. */
    static int peekBytes(SocketOptions options, KeepAlive keepAlive) {
        int bytes = 0;
        for (ByteString reply : keepAlive.getExpectedRepliesList()) {
            bytes = Math.max(bytes, reply.size());
        }
        for (AutoAnswer answer : options.getAutoAnswersList()) {
            bytes = Math.max(bytes, answer.getRequest().size());
        }
        WakeFilter filter = options.getWakeFilter();
        int ruleBytes = switch (filter.getRuleCase()) {
            case PREFIX -> filter.getPrefix().size();
            case COMPLETE_LINE -> MOST_HELD_BYTES;
            case LENGTH_PREFIX -> filter.getLengthPrefix().getLengthBytes();
            case RULE_NOT_SET -> 0;
        };
        return Math.max(bytes, ruleBytes);
    }

    /** Whether a look has more to tell than that something is there. */
    static boolean isPicky(SocketOptions options, KeepAlive keepAlive) {
        return options.hasWakeFilter() || options.getAutoAnswersCount() > 0 || keepAlive.getExpectedRepliesCount() > 0;
    }

    /** What these bytes of a socket with such rules lead to. */
    static Verdict judge(SocketKind kind, SocketOptions options, KeepAlive keepAlive, Readiness.Data data) {
        WakeFilter filter = options.getWakeFilter();
        if (isUnwanted(filter, data)) {
            return new Verdict.Discard();
        }
        boolean mayBecome = false;
        if (!data.peerClosed()) {
            for (ByteString reply : keepAlive.getExpectedRepliesList()) {
                if (isExactly(reply, data)) {
                    return new Verdict.Reply(reply.size());
                }
                mayBecome |= mayBecome(reply, data);
            }
            for (AutoAnswer answer : options.getAutoAnswersList()) {
                if (isExactly(answer.getRequest(), data)) {
                    return new Verdict.Answer(
                            answer.getResponse(), answer.getRequest().size());
                }
                mayBecome |= mayBecome(answer.getRequest(), data);
            }
        }
        if (kind == SocketKind.SOCKET_KIND_DATAGRAM) {
            return WAKE;
        }
        if (mayBecome) {
            return new Verdict.Await(data.bytesAvailable() + 1, true);
        }
        return filter(filter, data);
    }

    private static boolean isUnwanted(WakeFilter filter, Readiness.Data data) {
        List<String> prefixes = filter.getSourcePrefixesList();
        if (prefixes.isEmpty()) {
            return false;
        }
        InetAddress source = SourcePrefix.addressOf(data.source()).orElse(null);
        return source != null
                && prefixes.stream()
                        .noneMatch(prefix -> SourcePrefix.parse(prefix)
                                .filter(range -> range.contains(source))
                                .isPresent());
    }

    private static boolean isExactly(ByteString expected, Readiness.Data data) {
        return data.bytesAvailable() == expected.size() && data.head().startsWith(expected);
    }

    private static boolean mayBecome(ByteString expected, Readiness.Data data) {
        return data.bytesAvailable() < expected.size()
                && expected.startsWith(data.head()
                        .substring(
                                0, Math.min(data.bytesAvailable(), data.head().size())));
    }

    private static Verdict filter(WakeFilter filter, Readiness.Data data) {
        Verdict byRule = switch (filter.getRuleCase()) {
            case PREFIX -> prefix(filter, data);
            case COMPLETE_LINE -> line(filter, data);
            case LENGTH_PREFIX -> frame(filter, data);
            case RULE_NOT_SET -> WAKE;
        };
        if (byRule instanceof Verdict.Close) {
            return byRule;
        }
        if (data.peerClosed()) {
            // More will not come.
            return WAKE;
        }
        if (data.bytesAvailable() < filter.getMinBytes()) {
            return byRule instanceof Verdict.Await more && more.atLeastBytes() > filter.getMinBytes()
                    ? byRule
                    : new Verdict.Await(filter.getMinBytes(), false);
        }
        return byRule;
    }

    private static Verdict prefix(WakeFilter filter, Readiness.Data data) {
        ByteString prefix = filter.getPrefix();
        int known = Math.min(
                Math.min(prefix.size(), data.bytesAvailable()), data.head().size());
        if (!prefix.startsWith(data.head().substring(0, known))) {
            return mismatch(filter, data, "its first bytes are not those that the wake filter wants");
        }
        return known == prefix.size() ? WAKE : new Verdict.Await(prefix.size(), false);
    }

    private static Verdict line(WakeFilter filter, Readiness.Data data) {
        for (int i = 0; i < data.head().size(); i++) {
            if (data.head().byteAt(i) == '\n') {
                return WAKE;
            }
        }
        return data.bytesAvailable() >= MOST_HELD_BYTES
                ? mismatch(filter, data, "its first line is longer than " + MOST_HELD_BYTES + " bytes")
                : new Verdict.Await(data.bytesAvailable() + 1, false);
    }

    private static Verdict frame(WakeFilter filter, Readiness.Data data) {
        LengthPrefix rule = filter.getLengthPrefix();
        if (data.bytesAvailable() < rule.getLengthBytes() || data.head().size() < rule.getLengthBytes()) {
            return new Verdict.Await(rule.getLengthBytes(), false);
        }
        long length = 0;
        for (int i = 0; i < rule.getLengthBytes(); i++) {
            length = (length << 8) | (data.head().byteAt(i) & 0xff);
        }
        long frameBytes = rule.getIncludesItself() ? length : length + rule.getLengthBytes();
        if (frameBytes < rule.getLengthBytes() || frameBytes > MOST_HELD_BYTES) {
            return mismatch(filter, data, "its first frame says that it has " + length + " bytes");
        }
        return data.bytesAvailable() >= frameBytes ? WAKE : new Verdict.Await((int) frameBytes, false);
    }

    private static Verdict mismatch(WakeFilter filter, Readiness.Data data, String why) {
        return switch (filter.getOnMismatch()) {
            case MISMATCH_ACTION_CLOSE -> new Verdict.Close(why);
            case MISMATCH_ACTION_IGNORE ->
                data.bytesAvailable() >= MOST_HELD_BYTES ? WAKE : new Verdict.Await(data.bytesAvailable() + 1, false);
            default -> WAKE;
        };
    }
}
