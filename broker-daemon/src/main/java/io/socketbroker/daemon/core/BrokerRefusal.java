package io.socketbroker.daemon.core;

import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.ItemError;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The broker says no, and nothing has changed. The only exception type that the daemon throws at a caller: the gRPC edge
 * and fd.sock turn it into their own form in one place each.
 */
public final class BrokerRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Messages quote what the caller sent, and must fit into gRPC's trailers, 8 KiB for all, and into a frame. */
    private static final int LONGEST_MESSAGE = 300;

    private static final int LONGEST_DETAIL = 256;
    private static final String ELLIPSIS = "[...]";

    private final ErrorReason reason;
    private final transient Map<String, String> details;
    private final transient List<ItemError> items;

    /** A refusal for one field; the field may be empty. */
    public BrokerRefusal(ErrorReason reason, String field, String message) {
        this(
                reason,
                field.isEmpty() ? message : field + ": " + message,
                field.isEmpty() ? Map.of() : Map.of("field", field),
                List.of());
    }

    private BrokerRefusal(ErrorReason reason, String message, Map<String, String> details, List<ItemError> items) {
        // A refusal is an answer, not a defect: no stack trace, which costs more than the answer.
        super(shortened(message, LONGEST_MESSAGE), null, false, false);
        this.reason = reason;
        Map<String, String> shortDetails = new TreeMap<>();
        details.forEach((name, value) -> shortDetails.put(name, shortened(value, LONGEST_DETAIL)));
        this.details = Map.copyOf(shortDetails);
        this.items = List.copyOf(items);
    }

    /** Without its middle if it is too long: the start says what, and the end what to do. */
    private static String shortened(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        int head = longest * 2 / 3;
        int tail = longest - head - ELLIPSIS.length();
        return text.substring(0, head) + ELLIPSIS + text.substring(text.length() - tail);
    }

    /** This refusal as one of a batch. */
    public ItemError asItem(int index, String socketId) {
        return ItemError.newBuilder()
                .setIndex(index)
                .setSocketId(shortened(socketId, LONGEST_DETAIL))
                .setReason(reason)
                .setField(field())
                .setMessage(getMessage())
                .build();
    }

    /** A limit is reached: which, its value, and who uses it. */
    public static BrokerRefusal limit(String limit, long value, String holder, String remedy) {
        Map<String, String> details = new TreeMap<>();
        details.put("limit", limit);
        details.put("value", Long.toString(value));
        details.put("holder", holder);
        return new BrokerRefusal(
                ErrorReason.ERROR_REASON_LIMIT_REACHED,
                "limit " + limit + " = " + value + " is reached (used by " + holder + "); " + remedy,
                details,
                List.of());
    }

    /**
     * What a caller is told of a failed call.
     *
     * @param failure a refusal, also as the cause of another exception, as a future has it; anything else is a defect of the broker
     * @param onDefect gets what is no refusal, for the log
     */
    public static BrokerRefusal of(Throwable failure, Consumer<Throwable> onDefect) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BrokerRefusal refusal) {
                return refusal;
            }
        }
        onDefect.accept(failure);
        return new BrokerRefusal(
                ErrorReason.ERROR_REASON_INTERNAL_ERROR, "", "a defect of the broker; its log has more");
    }

    /** A socket is held by somebody else. */
    static BrokerRefusal held(String message, String holder) {
        return new BrokerRefusal(ErrorReason.ERROR_REASON_SOCKET_HELD, message, Map.of("holder", holder), List.of());
    }

    /** A batch is refused for these items; at least one. */
    public static BrokerRefusal batch(List<ItemError> items) {
        ItemError first = items.getFirst();
        Map<String, String> details = new TreeMap<>();
        details.put("field", first.getField());
        details.put("index", Integer.toString(first.getIndex()));
        details.put("socket_id", first.getSocketId());
        String more = items.size() == 1 ? "" : " (and " + (items.size() - 1) + " more items at fault)";
        return new BrokerRefusal(first.getReason(), first.getMessage() + more, details, items);
    }

    /** Machine-readable cause. */
    public ErrorReason reason() {
        return reason;
    }

    /** "field", "limit", "value", "holder", "index" and "socket_id", as far as they apply. */
    public Map<String, String> details() {
        return details;
    }

    /** The items at fault, in the order of the batch; empty unless a batch was refused. */
    public List<ItemError> items() {
        return items;
    }

    /** The field at fault, or empty. */
    public String field() {
        return details.getOrDefault("field", "");
    }
}
