package io.socketbroker.client;

import com.google.rpc.Code;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.ItemError;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns refusals of {@code fd.sock} into exceptions. Stateless; any thread. Without gRPC's classes, which a launched
 * handler does not load.
 */
final class FdErrors {

    private FdErrors() {}

    static BrokerException refusal(io.socketbroker.v1.Error error) {
        var metadata = new HashMap<>(error.getDetailsMap());
        if (!error.getField().isEmpty()) {
            metadata.put("field", error.getField());
        }
        return new BrokerException(
                code(error.getReason()),
                error.getReason(),
                error.getMessage(),
                Map.copyOf(metadata),
                error.getItemsList());
    }

    /** The refusal of a call with items, told by its first. */
    static BrokerException refusal(List<ItemError> errors) {
        var first = errors.getFirst();
        return new BrokerException(
                code(first.getReason()),
                first.getReason(),
                first.getMessage(),
                Map.of("field", first.getField(), "socket_id", first.getSocketId()),
                errors);
    }

    /** Whether the lease that a request was about is over, or was never there. */
    static boolean endsLease(ErrorReason reason) {
        return reason == ErrorReason.ERROR_REASON_STALE_GENERATION || reason == ErrorReason.ERROR_REASON_TOKEN_UNKNOWN;
    }

    static BrokerException reclaimLost(String message) {
        return new BrokerException(
                Code.RESOURCE_EXHAUSTED, ErrorReason.ERROR_REASON_DESCRIPTORS_TRUNCATED, message, Map.of(), List.of());
    }

    /** The status code that the protocol's comment on each reason names. */
    static Code code(ErrorReason reason) {
        return switch (reason) {
            case ERROR_REASON_INVALID_FIELD,
                    ERROR_REASON_NOT_A_SOCKET,
                    ERROR_REASON_SOCKET_KIND_UNSUPPORTED,
                    ERROR_REASON_DESCRIPTOR_COUNT_MISMATCH,
                    ERROR_REASON_CONTEXT_TOO_LARGE,
                    ERROR_REASON_MALFORMED_FRAME,
                    ERROR_REASON_COMMAND_NOT_ABSOLUTE -> Code.INVALID_ARGUMENT;
            case ERROR_REASON_SOCKET_NOT_USABLE,
                    ERROR_REASON_DEPOSIT_UNKNOWN,
                    ERROR_REASON_TASK_IN_USE,
                    ERROR_REASON_SOCKET_HELD,
                    ERROR_REASON_STALE_GENERATION,
                    ERROR_REASON_COMMAND_NOT_EXECUTABLE,
                    ERROR_REASON_STORE_UNAVAILABLE,
                    ERROR_REASON_UPGRADE_IMPOSSIBLE -> Code.FAILED_PRECONDITION;
            case ERROR_REASON_DESCRIPTORS_TRUNCATED, ERROR_REASON_LIMIT_REACHED, ERROR_REASON_DESCRIPTORS_EXHAUSTED ->
                Code.RESOURCE_EXHAUSTED;
            case ERROR_REASON_DEPOSIT_DUPLICATE, ERROR_REASON_SOCKET_ID_IN_USE, ERROR_REASON_SOCKET_ALREADY_BROKERED ->
                Code.ALREADY_EXISTS;
            case ERROR_REASON_SOCKET_UNKNOWN, ERROR_REASON_TASK_UNKNOWN, ERROR_REASON_TOKEN_UNKNOWN -> Code.NOT_FOUND;
            case ERROR_REASON_FOREIGN_UID,
                    ERROR_REASON_APP_OF_ANOTHER_USER,
                    ERROR_REASON_EXEC_FOREIGN_UID,
                    ERROR_REASON_SOCKET_FORBIDDEN -> Code.PERMISSION_DENIED;
            case ERROR_REASON_STOPPING -> Code.UNAVAILABLE;
            case ERROR_REASON_NOT_IMPLEMENTED -> Code.UNIMPLEMENTED;
            case ERROR_REASON_CLAIM_EXPIRED -> Code.ABORTED;
            case ERROR_REASON_INTERNAL_ERROR -> Code.INTERNAL;
            case ERROR_REASON_UNSPECIFIED, UNRECOGNIZED -> Code.UNKNOWN;
        };
    }
}
