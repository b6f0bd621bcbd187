package io.socketbroker.daemon.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.ErrorInfo;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.v1.ErrorReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RefusalsTest {
    /** "// CODE: text" above "ERROR_REASON_NAME = n;". */
    private static final Pattern DOCUMENTED =
            Pattern.compile("// ([A-Z_]+): [^\\n]*\\n(?:\\s*//[^\\n]*\\n)*\\s*(ERROR_REASON_[A-Z_]+) = ");

    @Test
    void shouldUseTheStatusCodeThatTheProtocolPromisesForEveryReason() throws IOException {
        Path types = Path.of("../proto/src/main/proto/socketbroker/v1/types.proto");
        Matcher matcher = DOCUMENTED.matcher(Files.readString(types));
        Map<String, String> documented =
                matcher.results().collect(Collectors.toMap(row -> row.group(2), row -> row.group(1)));
        // All but UNSPECIFIED and UNRECOGNIZED.
        assertThat(documented).hasSize(ErrorReason.values().length - 2);
        documented.forEach((reason, code) -> assertThat(
                        Refusals.code(ErrorReason.valueOf(reason)).name())
                .as(reason)
                .isEqualTo(code));
    }

    @Test
    void shouldCarryReasonFieldAndLimitForMachines() throws IOException {
        StatusRuntimeException status =
                Refusals.status(BrokerRefusal.limit("sockets-per-uid", 7, "uid 5", "close some"));
        ErrorInfo info = StatusProto.fromThrowable(status).getDetails(0).unpack(ErrorInfo.class);
        assertThat(info.getReason()).isEqualTo("LIMIT_REACHED");
        assertThat(info.getDomain()).isEqualTo("socketbroker");
        assertThat(info.getMetadataMap())
                .containsEntry("limit", "sockets-per-uid")
                .containsEntry("value", "7")
                .containsEntry("holder", "uid 5");
        assertThat(status.getStatus().getDescription()).contains("sockets-per-uid = 7", "uid 5", "close some");
    }

    @Test
    void shouldNotTellCallersAboutDefects() {
        StatusRuntimeException status = Refusals.status(new IllegalStateException("secret detail"));
        assertThat(status.getStatus().getDescription()).doesNotContain("secret");
    }
}
