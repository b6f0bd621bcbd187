package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.FdFrame;
import java.nio.charset.StandardCharsets;

/** The two ways of a transfer, which a program cannot tell apart. */
enum TransferWay {
    /** All in one message on fd.sock. */
    FRAME(5),
    /** Descriptors on fd.sock, the rest over gRPC: with a context that no frame has room for. */
    DEPOSIT_AND_CALL(FdConnection.MAX_FRAME_BYTES);

    private final int contextBytes;

    TransferWay(int contextBytes) {
        this.contextBytes = contextBytes;
    }

    /** That makes a transfer take this way. */
    byte[] context() {
        return "c".repeat(contextBytes).getBytes(StandardCharsets.US_ASCII);
    }

    TransferRequest request(OwnedFd socket, String id) {
        return TransferRequest.of(socket, id, "echo").withContext(context());
    }

    /** Every transfer took this way. */
    void expectTaken(FakeBroker broker) {
        var other = this == FRAME ? FdFrame.BodyCase.DEPOSIT : FdFrame.BodyCase.TRANSFER;
        var own = this == FRAME ? FdFrame.BodyCase.TRANSFER : FdFrame.BodyCase.DEPOSIT;
        assertThat(broker.fdServer.frames).containsKey(own).doesNotContainKey(other);
    }
}
