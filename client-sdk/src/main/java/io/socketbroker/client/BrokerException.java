package io.socketbroker.client;

import com.google.rpc.Code;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.ItemError;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The broker refused, or could not be reached. Immutable.
 *
 * <p>After UNAVAILABLE and DEADLINE_EXCEEDED of a call that changes something the broker may have done it all the same:
 * {@link #isOutcomeUnknown}.
 */
public final class BrokerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Code code;
    private final ErrorReason reason;
    // Arrays and not collections: an exception is serialisable, the collection interfaces are not.
    private final String[] metadataPairs;
    private final ItemError[] refusals;

    /** A failure without machine-readable details, with what caused it. */
    BrokerException(Code code, String message, Throwable cause) {
        this(code, ErrorReason.ERROR_REASON_UNSPECIFIED, message, Map.of(), List.of(), cause);
    }

    BrokerException(Code code, String message) {
        this(code, ErrorReason.ERROR_REASON_UNSPECIFIED, message, Map.of(), List.of());
    }

    BrokerException(
            Code code,
            ErrorReason reason,
            String message,
            Map<String, String> metadata,
            List<ItemError> refusals,
            Throwable cause) {
        this(code, reason, message, metadata, refusals);
        initCause(cause);
    }

    BrokerException(
            Code code, ErrorReason reason, String message, Map<String, String> metadata, List<ItemError> refusals) {
        super(message);
        this.code = code;
        this.reason = reason;
        this.metadataPairs = metadata.entrySet().stream()
                .flatMap(e -> Stream.of(e.getKey(), e.getValue()))
                .toArray(String[]::new);
        this.refusals = refusals.toArray(ItemError[]::new);
    }

    /** The status code of the call. */
    public Code code() {
        return code;
    }

    /** Why, for programs; ERROR_REASON_UNSPECIFIED if the broker did not say or was not reached. */
    public ErrorReason reason() {
        return reason;
    }

    /** Whether the lease that a request was about is over, or was never there. */
    boolean endsLease() {
        return FdErrors.endsLease(reason);
    }

    /** Whether nobody answered, as between a broker and its successor. */
    boolean isLossOfBroker() {
        return code == Code.UNAVAILABLE && reason == ErrorReason.ERROR_REASON_UNSPECIFIED;
    }

    /** The field or limit at fault, for example "items[3].context"; empty if none. */
    public String field() {
        return metadata().getOrDefault("field", "");
    }

    /** What the broker adds: "field", "limit", "holder", "index", "socket_id", as far as they apply. */
    public Map<String, String> metadata() {
        var map = new LinkedHashMap<String, String>();
        for (int i = 0; i < metadataPairs.length; i += 2) {
            map.put(metadataPairs[i], metadataPairs[i + 1]);
        }
        return Collections.unmodifiableMap(map);
    }

    /** The items at fault of a refused batch, in its order; empty for other calls. */
    public List<ItemError> refusals() {
        return List.of(refusals);
    }

    /**
     * Whether the broker may have done what was asked, as no answer came. Ask it with {@link BrokerClient#getSocket}.
     */
    public boolean isOutcomeUnknown() {
        return code == Code.UNAVAILABLE || code == Code.DEADLINE_EXCEEDED || code == Code.CANCELLED;
    }
}
