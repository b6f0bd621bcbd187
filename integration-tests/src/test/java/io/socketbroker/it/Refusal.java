package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.socketbroker.v1.BatchRefusal;
import io.socketbroker.v1.Error;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.ItemError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * The broker's refusal of a call, as a machine reads it.
 *
 * @param code of the status
 * @param reason of the ErrorInfo
 * @param metadata of the ErrorInfo
 * @param items of the BatchRefusal, empty if there is none
 * @param message for people
 */
record Refusal(Code code, String reason, Map<String, String> metadata, List<ItemError> items, String message) {
    /** Of a call that must be refused. */
    static Refusal of(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).as("a refusal").isInstanceOf(StatusRuntimeException.class);
        com.google.rpc.Status status = StatusProto.fromThrowable(thrown);
        assertThat(status).as("grpc-status-details-bin of %s", thrown).isNotNull();
        ErrorInfo info = ErrorInfo.getDefaultInstance();
        List<ItemError> items = new ArrayList<>();
        try {
            for (Any detail : status.getDetailsList()) {
                if (detail.is(ErrorInfo.class)) {
                    info = detail.unpack(ErrorInfo.class);
                } else if (detail.is(BatchRefusal.class)) {
                    items.addAll(detail.unpack(BatchRefusal.class).getErrorsList());
                }
            }
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
        assertThat(info.getDomain()).as("domain in the ErrorInfo of %s", thrown).isEqualTo("socketbroker");
        return new Refusal(
                ((StatusRuntimeException) thrown).getStatus().getCode(),
                info.getReason(),
                info.getMetadataMap(),
                items,
                status.getMessage());
    }

    /** The refused field, or empty. */
    String field() {
        return metadata.getOrDefault("field", "");
    }

    /** Is what a frame of fd.sock says, word for word. */
    void expectSameIn(FdFrame answer) {
        assertThat(answer.hasError()).as("refused on fd.sock: %s", answer).isTrue();
        Error error = answer.getError();
        assertThat(error.getReason().name()).isEqualTo("ERROR_REASON_" + reason);
        assertThat(error.getMessage()).isEqualTo(message);
        assertThat(error.getField()).isEqualTo(field());
        assertThat(error.getDetailsMap()).isEqualTo(metadata);
        assertThat(error.getItemsList()).isEqualTo(items);
    }

    /** Is this status with this reason, names this field in its data, and in its message for people too. */
    void expect(Code expectedCode, String expectedReason, String expectedField) {
        assertThat(this.code + " " + reason + " " + field())
                .as("refusal: %s", message)
                .isEqualTo(expectedCode + " " + expectedReason + " " + expectedField);
        assertThat(message).contains(expectedField);
    }
}
