package io.socketbroker.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.socketbroker.v1.BatchRefusal;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.ItemError;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns failed gRPC calls into exceptions with the broker's own details. Stateless; any thread. */
final class GrpcErrors {

    private static final String DOMAIN = "socketbroker";
    private static final String REASON_PREFIX = "ERROR_REASON_";

    private GrpcErrors() {}

    static BrokerException exception(Throwable failure, RuntimeDirectory directory) {
        return switch (failure) {
            case BrokerException broker -> broker;
            case StatusRuntimeException _, StatusException _ -> ofStatus(failure, directory);
            default -> new BrokerException(Code.UNKNOWN, "the call failed: " + failure, failure);
        };
    }

    private static BrokerException ofStatus(Throwable failure, RuntimeDirectory directory) {
        var status = StatusProto.fromThrowable(failure);
        if (status == null) {
            return new BrokerException(Code.UNKNOWN, "the call failed: " + failure, failure);
        }
        ErrorReason reason = ErrorReason.ERROR_REASON_UNSPECIFIED;
        Map<String, String> metadata = Map.of();
        List<ItemError> refusals = List.of();
        try {
            for (Any detail : status.getDetailsList()) {
                if (detail.is(ErrorInfo.class)) {
                    var info = detail.unpack(ErrorInfo.class);
                    if (info.getDomain().equals(DOMAIN)) {
                        reason = reason(info.getReason());
                        metadata = info.getMetadataMap();
                    }
                } else if (detail.is(BatchRefusal.class)) {
                    refusals = detail.unpack(BatchRefusal.class).getErrorsList();
                }
            }
        } catch (InvalidProtocolBufferException e) {
            failure.addSuppressed(e);
        }
        var code = Code.forNumber(status.getCode());
        return new BrokerException(
                code == null ? Code.UNKNOWN : code,
                reason,
                message(failure, status.getMessage(), code, reason, directory),
                metadata,
                refusals,
                failure);
    }

    private static String message(
            Throwable failure, String fromBroker, @Nullable Code code, ErrorReason reason, RuntimeDirectory directory) {
        if (reason != ErrorReason.ERROR_REASON_UNSPECIFIED) {
            return fromBroker;
        }
        if (code == Code.UNAVAILABLE) {
            return unreachable(directory);
        }
        if (code == Code.DEADLINE_EXCEEDED) {
            return "the broker at " + directory + " did not answer in time";
        }
        return fromBroker.isEmpty() ? Status.fromThrowable(failure).toString() : fromBroker;
    }

    static String unreachable(RuntimeDirectory directory) {
        return "no broker answers at " + directory.grpcSocket() + ": start one with `socketbroker daemon --runtime-dir "
                + directory + "`, or name its folder";
    }

    private static ErrorReason reason(String name) {
        try {
            return ErrorReason.valueOf(REASON_PREFIX + name);
        } catch (IllegalArgumentException e) {
            // A newer broker's reason; the status code still says enough.
            return ErrorReason.ERROR_REASON_UNSPECIFIED;
        }
    }
}
