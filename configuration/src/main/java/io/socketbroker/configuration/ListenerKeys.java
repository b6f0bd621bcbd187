package io.socketbroker.configuration;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.AutoAnswer;
import io.socketbroker.v1.WakeFilter.LengthPrefix;
import io.socketbroker.v1.WakeFilter.MismatchAction;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The keys of [[listener]], in the words of `socketbroker listen`. Stateless. */
final class ListenerKeys {
    private static final int MOST_EXCHANGE_BYTES = 2_048;
    private static final Form<ByteString> EXCHANGE = Forms.bytes(MOST_EXCHANGE_BYTES);

    static final Key<String> ID = Key.required("id", Forms.SOCKET_ID, "What the socket is called.");
    static final Key<String> TASK = Key.required("task", Forms.NAME, "The declared task that is woken.");
    static final Key<ListenAddress> ADDRESS = Key.required(
            "address",
            ListenAddress.FORM,
            "Where. A name is looked up when the socket is made. Another address makes a new socket before the former one"
                    + " is closed.");
    static final Key<AcceptMode> ACCEPT = Key.of(
            "accept",
            Forms.word(Words.of(
                    "per-connection", AcceptMode.ACCEPT_MODE_PER_CONNECTION,
                    "listener", AcceptMode.ACCEPT_MODE_LISTENER)),
            AcceptMode.ACCEPT_MODE_PER_CONNECTION,
            "Whether the broker accepts and each connection wakes the task, as inetd's nowait, or the handler gets the"
                    + " listener.");
    static final Key<Integer> BACKLOG =
            Key.of("backlog", Numbers.count(1, 65_535), 1_024, "Connections that wait in the kernel (listen(2)).");
    static final Key<Integer> MODE =
            Key.optional("mode", Numbers.mode(), "by umask", "Unix sockets with a path: who may connect needs the w.");
    static final Key<Boolean> IPV6_ONLY = Key.optional(
            "ipv6-only",
            Forms.FLAG,
            "false for `*` and `[::]`, true for others",
            "IPv6: whether IPv4 is refused. Counts when the socket is made.");
    static final Key<Boolean> REUSE_PORT = Key.of(
            "reuse-port",
            Forms.FLAG,
            false,
            "TCP and UDP: let other programs bind the same port (SO_REUSEPORT). Counts when the socket is made.");
    static final Key<Boolean> TCP_KEEP_ALIVE = Key.of(
            "tcp-keep-alive",
            Forms.FLAG,
            false,
            "TCP: its connections have SO_KEEPALIVE. Counts when the socket is made.");
    static final Key<ByteString> CONTEXT = Key.optional(
            "context", Forms.bytes(1 << 20), "empty", "Kept with the socket and its connections, for handlers.");
    static final Key<Duration> KEEP_ALIVE = Key.optional(
            "keep-alive",
            Numbers.time(Duration.ofSeconds(1), Duration.ofDays(7)),
            "never",
            "Datagram sockets: wake after so long without activity.");
    static final Key<Duration> FIRST_BYTES = Key.optional(
            "first-bytes",
            Numbers.time(Duration.ofMillis(100), Duration.ofHours(1)),
            "each connection wakes at once",
            "A connection wakes when its first bytes are there and pass the filter below, and is closed without a wake"
                    + " when that takes longer.");
    static final Key<Integer> MIN_BYTES =
            Key.optional("min-bytes", Numbers.count(0, 65_536), "any", "Wake when so many bytes are there.");
    static final Key<ByteString> WAKE_PREFIX =
            Key.optional("wake-prefix", Forms.bytes(256), "any", "Wake when these are the first bytes.");
    static final Key<Boolean> WAKE_LINE =
            Key.of("wake-line", Forms.FLAG, false, "Wake when a whole line is there, ended by LF.");
    static final Key<LengthPrefix> WAKE_FRAME = Key.optional(
            "wake-frame",
            Forms.simple(
                    "length prefix",
                    "\"1\", \"2\" or \"4\" bytes, big-endian; with \",inclusive\" the length counts itself too",
                    value -> frame((String) value),
                    frame -> TomlText.quoted(frame.getLengthBytes() + (frame.getIncludesItself() ? ",inclusive" : ""))),
            "any",
            "Wake when a whole frame is there, whose first bytes tell its length.");
    static final Key<MismatchAction> ON_MISMATCH = Key.optional(
            "on-mismatch",
            Forms.word(Words.of(
                    "wake", MismatchAction.MISMATCH_ACTION_WAKE,
                    "close", MismatchAction.MISMATCH_ACTION_CLOSE,
                    "ignore", MismatchAction.MISMATCH_ACTION_IGNORE)),
            "wake",
            "What is done with bytes that can never match.");
    static final Key<List<String>> SOURCES = Key.optional(
            "sources",
            Forms.list(Forms.string(), 1, 64),
            "all",
            "UDP: wake for these sources only and discard the rest; in CIDR notation, as in \"192.0.2.0/24\".");
    static final Key<List<AutoAnswer>> AUTO_ANSWERS = Key.optional(
            "auto-answers",
            Forms.list(
                    Forms.simple(
                            "{request = BYTES, response = BYTES}",
                            "each at most " + MOST_EXCHANGE_BYTES,
                            value -> answer((Map<?, ?>) value),
                            ListenerKeys::written),
                    1,
                    16),
            "none",
            "The broker answers by itself when what can be read is exactly the request.");
    static final Key<Duration> EXPIRES_AFTER = Key.optional(
            "expires-after",
            Numbers.time(Duration.ofSeconds(1), Duration.ofDays(365)),
            "never",
            "Close the socket when it was parked so long without a wake. It is made again at the next reload.");
    static final Key<Boolean> NOTIFY_NETWORK =
            Key.of("notify-network", Forms.FLAG, false, "Also wake when the host's addresses or routes change.");

    static final Section SECTION = new Section(
            "listener",
            true,
            "A listening or datagram socket that wakes a declared task.",
            List.of(
                    ID,
                    TASK,
                    ADDRESS,
                    ACCEPT,
                    BACKLOG,
                    MODE,
                    IPV6_ONLY,
                    REUSE_PORT,
                    TCP_KEEP_ALIVE,
                    CONTEXT,
                    KEEP_ALIVE,
                    FIRST_BYTES,
                    MIN_BYTES,
                    WAKE_PREFIX,
                    WAKE_LINE,
                    WAKE_FRAME,
                    ON_MISMATCH,
                    SOURCES,
                    AUTO_ANSWERS,
                    EXPIRES_AFTER,
                    NOTIFY_NETWORK));

    private ListenerKeys() {}

    private static LengthPrefix frame(String text) {
        boolean inclusive = text.endsWith(",inclusive");
        String bytes = inclusive ? text.substring(0, text.indexOf(',')) : text;
        Forms.require(bytes.matches("[124]"));
        return LengthPrefix.newBuilder()
                .setLengthBytes(Integer.parseInt(bytes))
                .setIncludesItself(inclusive)
                .build();
    }

    private static AutoAnswer answer(Map<?, ?> table) {
        Forms.require(table.size() == 2);
        return AutoAnswer.newBuilder()
                .setRequest(EXCHANGE.read(part(table, "request")))
                .setResponse(EXCHANGE.read(part(table, "response")))
                .build();
    }

    private static Object part(Map<?, ?> table, String name) {
        Object part = table.get(name);
        if (part == null) {
            throw Form.wrong();
        }
        return part;
    }

    private static String written(AutoAnswer answer) {
        return "{request = " + EXCHANGE.write(answer.getRequest()) + ", response = "
                + EXCHANGE.write(answer.getResponse()) + "}";
    }
}
