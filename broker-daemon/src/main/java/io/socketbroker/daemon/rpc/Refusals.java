package io.socketbroker.daemon.rpc;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.v1.BatchRefusal;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.ItemError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where a refusal becomes a gRPC status, with google.rpc.ErrorInfo for machines. */
final class Refusals {
    /** ErrorInfo.domain. */
    static final String DOMAIN = "socketbroker";

    /**
     * Clients take 8 KiB of trailers unless told otherwise. The details are sent in base 64, a third longer, beside the
     * message, each of whose at most 300 characters percent-encoding can make longer.
     */
    private static final int MOST_DETAIL_BYTES = 3_600;

    private static final int BYTES_AROUND_AN_ITEM = 16;

    private static final Logger log = LoggerFactory.getLogger(Refusals.class);

    private Refusals() {}

    static StatusRuntimeException status(Throwable failure) {
        return status(BrokerRefusal.of(failure, cause -> log.error("a call failed by a defect", cause)));
    }

    private static StatusRuntimeException status(BrokerRefusal refusal) {
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(code(refusal.reason()).getNumber())
                .setMessage(refusal.getMessage())
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(refusal.reason().name().replace("ERROR_REASON_", ""))
                        .setDomain(DOMAIN)
                        .putAllMetadata(refusal.details())
                        .build()));
        if (!refusal.items().isEmpty()) {
            status.addDetails(Any.pack(batch(refusal, status.build().getSerializedSize())));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    /** As many of the items at fault as fit: with longer trailers the client would get no status at all. */
    private static BatchRefusal batch(BrokerRefusal refusal, int bytesUsed) {
        BatchRefusal.Builder batch = BatchRefusal.newBuilder();
        int bytes = bytesUsed;
        for (ItemError item : refusal.items()) {
            bytes += item.getSerializedSize() + BYTES_AROUND_AN_ITEM;
            if (bytes > MOST_DETAIL_BYTES) {
                break;
            }
            batch.addErrors(item);
        }
        return batch.build();
    }

    /** As the comments of ErrorReason promise. */
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
            case ERROR_REASON_UNSPECIFIED, ERROR_REASON_INTERNAL_ERROR, UNRECOGNIZED -> Code.INTERNAL;
        };
    }
}
