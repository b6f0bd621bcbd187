package io.socketbroker.cli;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.WakeFilter;
import io.socketbroker.v1.WakeFilter.MismatchAction;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Keep-alive and options of a socket as people read them; empty for none. Stateless. */
final class OptionWords {

    private static final int MOST_ANSWERS = 3;
    private static final int MOST_BYTES = 32;

    private OptionWords() {}

    /** For example: 30s, sends "ping", expects "pong" within 5s, adaptive up to 4m. */
    static String of(KeepAlive keepAlive) {
        var interval = Words.duration(keepAlive.getInterval());
        if (interval.isEmpty()) {
            return "";
        }
        var words = new ArrayList<>(List.of(interval));
        if (!keepAlive.getProbe().isEmpty()) {
            words.add("sends " + quoted(keepAlive.getProbe()));
        }
        if (keepAlive.getExpectedRepliesCount() > 0) {
            var within = Words.duration(keepAlive.getReplyTimeout());
            words.add("expects "
                    + keepAlive.getExpectedRepliesList().stream()
                            .map(OptionWords::quoted)
                            .collect(Collectors.joining(" or "))
                    + (within.isEmpty() ? "" : " within " + within));
        }
        if (keepAlive.getAdaptive()) {
            var longest = Words.duration(keepAlive.getMaxInterval());
            words.add("adaptive" + (longest.isEmpty() ? "" : " up to " + longest));
        }
        return String.join(", ", words);
    }

    /** For example: wakes on a whole line, else closes; closed after 1h without a wake. */
    static String of(SocketOptions options) {
        var words = new ArrayList<String>();
        if (options.getAcceptMode() == AcceptMode.ACCEPT_MODE_LISTENER) {
            words.add("the handler accepts");
        } else if (options.getAcceptMode() == AcceptMode.ACCEPT_MODE_PER_CONNECTION) {
            words.add("the broker accepts");
        }
        if (options.hasFirstBytesTimeout()) {
            words.add("first bytes within " + Words.duration(options.getFirstBytesTimeout()));
        }
        if (options.hasWakeFilter()) {
            words.add(wake(options.getWakeFilter()));
        }
        options.getAutoAnswersList().stream()
                .limit(MOST_ANSWERS)
                .map(answer -> "answers " + quoted(answer.getRequest()) + " with " + quoted(answer.getResponse()))
                .forEach(words::add);
        if (options.getAutoAnswersCount() > MOST_ANSWERS) {
            words.add("and " + (options.getAutoAnswersCount() - MOST_ANSWERS) + " more answers");
        }
        if (options.getNotifyNetworkChanged()) {
            words.add("wakes when the network changes");
        }
        if (options.hasExpiresAfter()) {
            words.add("closed after " + Words.duration(options.getExpiresAfter()) + " without a wake");
        }
        return String.join("; ", words);
    }

    private static String wake(WakeFilter filter) {
        var words = new ArrayList<String>();
        if (filter.getMinBytes() > 1) {
            words.add("from " + filter.getMinBytes() + " bytes on");
        }
        switch (filter.getRuleCase()) {
            case PREFIX -> words.add("on first bytes " + quoted(filter.getPrefix()));
            case COMPLETE_LINE -> words.add("on a whole line");
            case LENGTH_PREFIX -> {
                var length = filter.getLengthPrefix();
                words.add("on a whole frame (length in " + length.getLengthBytes() + " bytes"
                        + (length.getIncludesItself() ? ", counting itself)" : ")"));
            }
            case RULE_NOT_SET -> {}
        }
        if (filter.getOnMismatch() == MismatchAction.MISMATCH_ACTION_CLOSE) {
            words.add("else closes");
        } else if (filter.getOnMismatch() == MismatchAction.MISMATCH_ACTION_IGNORE) {
            words.add("else waits for more");
        }
        if (filter.getSourcePrefixesCount() > 0) {
            words.add("from " + String.join(" or ", filter.getSourcePrefixesList()));
        }
        return "wakes " + (words.isEmpty() ? "on any bytes" : String.join(", ", words));
    }

    private static String quoted(ByteString bytes) {
        return bytes.size() > MOST_BYTES
                ? '"' + ByteText.of(bytes.substring(0, MOST_BYTES)) + "\"... (" + bytes.size() + " bytes)"
                : '"' + ByteText.of(bytes) + '"';
    }
}
