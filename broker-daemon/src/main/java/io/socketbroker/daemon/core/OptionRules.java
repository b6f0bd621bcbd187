package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.AutoAnswer;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.WakeFilter;
import io.socketbroker.v1.WakeFilter.MismatchAction;
import java.util.HashSet;
import java.util.Set;

/** What keep-alive and options of a socket may hold, and what of it contradicts. Every check names the field. */
final class OptionRules {
    static final Duration SHORTEST_KEEP_ALIVE = Durations.fromSeconds(1);
    static final Duration LONGEST_KEEP_ALIVE = Durations.fromDays(7);
    private static final Duration SHORTEST_WAIT = Durations.fromMillis(100);
    private static final Duration LONGEST_FIRST_BYTES = Durations.fromHours(1);
    private static final Duration LONGEST_EXPIRY = Durations.fromDays(365);
    private static final int MOST_EXCHANGE_BYTES = 2_048;
    private static final int MOST_REPLIES = 8;
    private static final int MOST_ANSWERS = 16;
    private static final int MOST_PREFIX_BYTES = 256;
    private static final int MOST_SOURCES = 64;

    private OptionRules() {}

    static void check(KeepAlive keepAlive, Candidate socket, String field) {
        Duration interval = keepAlive.getInterval();
        if (!Durations.isValid(interval)) {
            throw ItemRules.invalid(field + ".interval", "is not a valid duration");
        }
        boolean none = Durations.toNanos(interval) == 0;
        if (!none) {
            requireWithin(interval, SHORTEST_KEEP_ALIVE, LONGEST_KEEP_ALIVE, field + ".interval", "1 s to 7 days");
        }
        if (!none && socket.kind() == SocketKind.SOCKET_KIND_LISTENER) {
            throw ItemRules.invalid(field, "a listener has no keep-alive");
        }
        boolean probes = !keepAlive.getProbe().isEmpty();
        if (probes) {
            requireExchange(socket, field + ".probe");
            requireBytes(keepAlive.getProbe(), field + ".probe");
        }
        requireWith(!probes || !none, field + ".probe", "needs an interval");
        requireWith(probes || keepAlive.getExpectedRepliesCount() == 0, field + ".expected_replies", "need a probe");
        requireWith(probes || !keepAlive.getAdaptive(), field + ".adaptive", "needs a probe");
        checkReplies(keepAlive, field);
        if (keepAlive.hasMaxInterval()) {
            requireWith(keepAlive.getAdaptive(), field + ".max_interval", "needs adaptive");
            requireWithin(
                    keepAlive.getMaxInterval(),
                    interval,
                    LONGEST_KEEP_ALIVE,
                    field + ".max_interval",
                    "interval to 7 days");
        }
    }

    private static void checkReplies(KeepAlive keepAlive, String field) {
        if (keepAlive.getExpectedRepliesCount() > MOST_REPLIES) {
            throw ItemRules.invalid(field + ".expected_replies", "must have at most " + MOST_REPLIES + " entries");
        }
        Set<ByteString> replies = new HashSet<>();
        for (int i = 0; i < keepAlive.getExpectedRepliesCount(); i++) {
            String place = field + ".expected_replies[" + i + "]";
            requireBytes(keepAlive.getExpectedReplies(i), place);
            requireWith(replies.add(keepAlive.getExpectedReplies(i)), place, "stands twice");
        }
        if (keepAlive.hasReplyTimeout()) {
            requireWith(!replies.isEmpty(), field + ".reply_timeout", "needs expected_replies");
            requireWithin(
                    keepAlive.getReplyTimeout(),
                    SHORTEST_WAIT,
                    keepAlive.getInterval(),
                    field + ".reply_timeout",
                    "100 ms to the interval");
        }
    }

    static void check(SocketOptions options, KeepAlive keepAlive, Candidate socket, String field) {
        boolean listener = socket.kind() == SocketKind.SOCKET_KIND_LISTENER;
        if (options.getAcceptMode() == AcceptMode.UNRECOGNIZED) {
            throw ItemRules.invalid(field + ".accept_mode", "must be PER_CONNECTION or LISTENER");
        }
        requireWith(
                listener || options.getAcceptMode() == AcceptMode.ACCEPT_MODE_UNSPECIFIED,
                field + ".accept_mode",
                "is for listeners only");
        boolean accepts = listener && options.getAcceptMode() != AcceptMode.ACCEPT_MODE_LISTENER;
        if (options.hasFirstBytesTimeout()) {
            requireWith(accepts, field + ".first_bytes_timeout", "is for listeners in accept mode PER_CONNECTION only");
            requireWithin(
                    options.getFirstBytesTimeout(),
                    SHORTEST_WAIT,
                    LONGEST_FIRST_BYTES,
                    field + ".first_bytes_timeout",
                    "100 ms to 1 hour");
        }
        if (options.hasWakeFilter()) {
            requireWith(
                    !listener || options.hasFirstBytesTimeout(),
                    field + ".wake_filter",
                    "of a listener needs first_bytes_timeout");
            checkFilter(options.getWakeFilter(), socket, field + ".wake_filter");
        }
        checkAnswers(options, keepAlive, socket, accepts, field);
        if (options.hasExpiresAfter()) {
            requireWithin(
                    options.getExpiresAfter(),
                    SHORTEST_KEEP_ALIVE,
                    LONGEST_EXPIRY,
                    field + ".expires_after",
                    "1 s to 365 days");
        }
    }

    private static void checkAnswers(
            SocketOptions options, KeepAlive keepAlive, Candidate socket, boolean accepts, String field) {
        if (options.getAutoAnswersCount() > MOST_ANSWERS) {
            throw ItemRules.invalid(field + ".auto_answers", "must have at most " + MOST_ANSWERS + " entries");
        }
        Set<ByteString> known = new HashSet<>(keepAlive.getExpectedRepliesList());
        for (int i = 0; i < options.getAutoAnswersCount(); i++) {
            String place = field + ".auto_answers[" + i + "]";
            if (!accepts) {
                requireExchange(socket, place);
            }
            AutoAnswer answer = options.getAutoAnswers(i);
            requireBytes(answer.getRequest(), place + ".request");
            requireBytes(answer.getResponse(), place + ".response");
            requireWith(
                    known.add(answer.getRequest()),
                    place + ".request",
                    "contradicts another auto-answer or expected reply with the same bytes");
        }
    }

    private static void checkFilter(WakeFilter filter, Candidate socket, String field) {
        boolean stream =
                socket.kind() == SocketKind.SOCKET_KIND_STREAM || socket.kind() == SocketKind.SOCKET_KIND_LISTENER;
        boolean rule = filter.getRuleCase() != WakeFilter.RuleCase.RULE_NOT_SET;
        requireWith(stream || (!rule && filter.getMinBytes() == 0), field, "min_bytes and rules are for byte streams");
        if (Integer.toUnsignedLong(filter.getMinBytes()) > WakeRules.MOST_HELD_BYTES) {
            throw ItemRules.invalid(field + ".min_bytes", "must be at most " + WakeRules.MOST_HELD_BYTES);
        }
        switch (filter.getRuleCase()) {
            case PREFIX -> {
                int bytes = filter.getPrefix().size();
                requireWith(
                        bytes >= 1 && bytes <= MOST_PREFIX_BYTES,
                        field + ".prefix",
                        "must be 1 to " + MOST_PREFIX_BYTES + " bytes");
            }
            case COMPLETE_LINE ->
                requireWith(filter.getCompleteLine(), field + ".complete_line", "must be true, or left out");
            case LENGTH_PREFIX -> {
                int bytes = filter.getLengthPrefix().getLengthBytes();
                requireWith(
                        bytes == 1 || bytes == 2 || bytes == 4,
                        field + ".length_prefix.length_bytes",
                        "must be 1, 2 or 4");
            }
            case RULE_NOT_SET ->
                requireWith(
                        filter.getOnMismatch() == MismatchAction.MISMATCH_ACTION_UNSPECIFIED,
                        field + ".on_mismatch",
                        "needs prefix, complete_line or length_prefix");
        }
        if (filter.getOnMismatch() == MismatchAction.UNRECOGNIZED) {
            throw ItemRules.invalid(field + ".on_mismatch", "must be WAKE, CLOSE or IGNORE");
        }
        checkSources(filter, socket, field + ".source_prefixes");
    }

    private static void checkSources(WakeFilter filter, Candidate socket, String field) {
        if (filter.getSourcePrefixesCount() > MOST_SOURCES) {
            throw ItemRules.invalid(field, "must have at most " + MOST_SOURCES + " entries");
        }
        for (int i = 0; i < filter.getSourcePrefixesCount(); i++) {
            requireWith(socket.protocol().equals("udp"), field, "are for UDP sockets only");
            requireWith(
                    SourcePrefix.parse(filter.getSourcePrefixes(i)).isPresent(),
                    field + "[" + i + "]",
                    "is not an address or a prefix such as 192.0.2.0/24 or 2001:db8::/32");
        }
    }

    /** A socket on which one message can be told from another, and answered. */
    private static void requireExchange(Candidate socket, String field) {
        boolean possible = socket.kind() == SocketKind.SOCKET_KIND_STREAM
                || (socket.kind() == SocketKind.SOCKET_KIND_DATAGRAM
                        && socket.peer().isPresent());
        requireWith(possible, field, "is for byte streams and connected datagram sockets only");
    }

    private static void requireBytes(ByteString bytes, String field) {
        if (bytes.isEmpty() || bytes.size() > MOST_EXCHANGE_BYTES) {
            throw ItemRules.invalid(field, "must be 1 to " + MOST_EXCHANGE_BYTES + " bytes");
        }
    }

    static void requireWithin(Duration value, Duration least, Duration most, String field, String range) {
        if (!Durations.isValid(value) || Durations.compare(value, least) < 0 || Durations.compare(value, most) > 0) {
            throw ItemRules.invalid(field, "must be " + range);
        }
    }

    private static void requireWith(boolean holds, String field, String message) {
        if (!holds) {
            throw ItemRules.invalid(field, message);
        }
    }
}
