package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.Acknowledge;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.Released;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session's connection to a broker that does not read, as one does not whose answers are not read. */
@Timeout(30)
class SessionWireTest {

    /** More than the kernel keeps for a connection. */
    private static final int REQUESTS = 2_000;

    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(3);

    private final DescriptorChannel channel = new DescriptorChannel(FdConnection.MAX_FRAME_BYTES);
    private int openBefore;
    private OwnedFd broker;
    private SessionWire wire;

    @BeforeEach
    void connect(@TempDir Path directory) throws IOException {
        openBefore = OwnedFd.openCount();
        var runtime = new RuntimeDirectory(Files.createDirectories(directory));
        try (var listener = Sockets.listenUnix(runtime.fdSocket(), Sockets.SOCK_SEQPACKET, 1)) {
            wire = SessionWire.open(runtime, new ClientTimeouts(SEND_TIMEOUT, SEND_TIMEOUT, SEND_TIMEOUT));
            broker = Sockets.accept(listener.fd(), false).orElseThrow();
        }
    }

    @AfterEach
    void shouldLeaveNoDescriptor() {
        wire.close();
        broker.close();
        channel.close();
        assertThat(OwnedFd.openCount()).isEqualTo(openBefore);
    }

    private List<CompletableFuture<FdFrame>> requestAll() {
        var answers = new ArrayList<CompletableFuture<FdFrame>>();
        for (int i = 1; i <= REQUESTS; i++) {
            var request =
                    FdFrame.newBuilder().setAcknowledge(Acknowledge.newBuilder().setDeliveryId(i));
            answers.add(wire.request(request, FdFrame.BodyCase.RELEASED));
        }
        return answers;
    }

    private void answer(int requestId) {
        var frame = FdFrame.newBuilder().setRequestId(requestId).setReleased(Released.getDefaultInstance());
        assertThat(channel.send(broker.fd(), frame.build().toByteArray(), List.of()))
                .isTrue();
    }

    private void readAnswer() throws IOException {
        var received = (Received.Message) wire.receive();
        wire.answered(FdFrame.parseFrom(received.payload()));
    }

    @Test
    void shouldReadAnswersWhileTheBrokerDoesNotRead() throws IOException {
        var answers = requestAll();
        answer(1);
        readAnswer();
        assertThat(answers.getFirst()).isCompleted();
        assertThat(answers.get(1)).isNotDone();
        var ids = new ArrayList<Integer>();
        for (int i = 0; i < REQUESTS; i++) {
            var request = FdFrame.parseFrom(((Received.Message) channel.receiveBlocking(broker.fd())).payload());
            assertThat(request.getAcknowledge().getDeliveryId()).isEqualTo(request.getRequestId());
            ids.add(request.getRequestId());
        }
        assertThat(ids).isEqualTo(IntStream.rangeClosed(1, REQUESTS).boxed().toList());
        // And from here on again without the writer.
        answer(REQUESTS);
        readAnswer();
        assertThat(answers.getLast()).isCompleted();
    }

    @Test
    void shouldEndAtOnceWhileTheBrokerDoesNotRead() {
        var answers = requestAll();
        long begun = System.nanoTime();
        wire.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SEND_TIMEOUT.dividedBy(2));
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompletedExceptionally());
    }

    @Test
    void shouldGiveABrokerUpThatNeverReads() {
        var answers = requestAll();
        assertThatThrownBy(() -> {
                    while (wire.receive() instanceof Received.WouldBlock) {
                        // The receive time-out of the session's connection, which is as long.
                        assertThat(answers.getFirst()).isNotDone();
                    }
                })
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("takes no messages");
    }

    @Test
    void shouldRefuseMoreThanCanEverWait() {
        var request = FdFrame.newBuilder().setAcknowledge(Acknowledge.getDefaultInstance());
        CompletableFuture<FdFrame> last = wire.request(request, FdFrame.BodyCase.RELEASED);
        for (int i = 0; i < SessionWire.MOST_WAITING + REQUESTS && !last.isDone(); i++) {
            last = wire.request(request, FdFrame.BodyCase.RELEASED);
        }
        assertThat(last)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .withMessageContaining("messages wait for the broker to read");
    }
}
