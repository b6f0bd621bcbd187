package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.grpc.Status;
import io.socketbroker.v1.ErrorReason;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorsTest {

    private static final RuntimeDirectory DIRECTORY = new RuntimeDirectory(Path.of("/run/x"));

    /**
     * The status code is the first word of the protocol's comment on each reason, which this repeats for some of each
     * code.
     */
    @ParameterizedTest
    @CsvSource({
        "NOT_A_SOCKET, INVALID_ARGUMENT",
        "CONTEXT_TOO_LARGE, INVALID_ARGUMENT",
        "DESCRIPTORS_TRUNCATED, RESOURCE_EXHAUSTED",
        "DEPOSIT_UNKNOWN, FAILED_PRECONDITION",
        "SOCKET_ID_IN_USE, ALREADY_EXISTS",
        "TOKEN_UNKNOWN, NOT_FOUND",
        "SOCKET_FORBIDDEN, PERMISSION_DENIED",
        "STOPPING, UNAVAILABLE",
        "NOT_IMPLEMENTED, UNIMPLEMENTED",
        "CLAIM_EXPIRED, ABORTED",
        "INTERNAL_ERROR, INTERNAL",
    })
    void shouldGiveEachReasonItsCode(String reason, Code code) {
        assertThat(FdErrors.code(ErrorReason.valueOf("ERROR_REASON_" + reason))).isEqualTo(code);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNRECOGNIZED")
    void shouldReadEveryReasonFromGrpc(ErrorReason reason) {
        var read = GrpcErrors.exception(FakeBroker.refusal(Code.ABORTED, reason), DIRECTORY);
        assertThat(read.reason()).isEqualTo(reason);
        assertThat(read.code()).isEqualTo(Code.ABORTED);
        assertThat(read.metadata()).containsOnly(Map.entry("field", "items[0].task"));
    }

    @Test
    void shouldKeepTheCodeOfAStatusWithoutDetails() {
        var read = GrpcErrors.exception(
                Status.UNIMPLEMENTED.withDescription("no such method").asRuntimeException(), DIRECTORY);
        assertThat(read.code()).isEqualTo(Code.UNIMPLEMENTED);
        assertThat(read).hasMessage("no such method");
    }

    @Test
    void shouldSayWhatToDoWhenNobodyAnswers() {
        assertThat(GrpcErrors.exception(Status.UNAVAILABLE.asRuntimeException(), DIRECTORY))
                .hasMessageContaining("socketbroker daemon --runtime-dir /run/x");
        assertThat(GrpcErrors.exception(Status.DEADLINE_EXCEEDED.asRuntimeException(), DIRECTORY))
                .hasMessageContaining("/run/x did not answer in time");
    }

    @Test
    void shouldNotLoseAForeignFailure() {
        var cause = new IllegalArgumentException("odd");
        assertThat(GrpcErrors.exception(cause, DIRECTORY)).hasCause(cause).hasMessageContaining("odd");
    }
}
