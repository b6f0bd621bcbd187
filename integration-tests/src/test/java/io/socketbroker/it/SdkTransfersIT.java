package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.BrokeredSocket;
import io.socketbroker.client.TransferRequest;
import io.socketbroker.daemon.faults.FailPoint;
import io.socketbroker.linux.SocketOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Transfers of the SDK to a broker that dies at each step of them: its successor has the sockets, each once, the program has
 * them no more, and the program was not told of anything.
 */
final class SdkTransfersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int BATCH = 5;
    private static final int LARGE_CONTEXT = 60 * 1_024;

    private static KeptBroker kept;
    private BrokerClient client;

    @BeforeAll
    static void start() throws Exception {
        kept = new KeptBroker();
        try (ProtocolClient first = kept.client()) {
            first.register(FaultBench.LINES, Specs.lineAnswerer());
        }
    }

    @AfterAll
    static void end() throws Exception {
        kept.close();
    }

    @BeforeEach
    void connect() {
        client = BrokerClient.connect(kept.runtimeDirectory());
    }

    @AfterEach
    void tidy() throws Exception {
        client.close();
        kept.revive();
        try (ProtocolClient next = kept.client()) {
            next.socketIds().forEach(id -> FaultStep.close(next, id));
        }
    }

    /** With contexts that no frame has room for, the broker gets deposit and call. */
    private void dieIn(FailPoint point, List<Link> links, int contextBytes) throws Exception {
        List<Long> cookies = links.stream()
                .map(link -> SocketOptions.cookie(link.mine().fd()))
                .toList();
        kept.arm("broker", point.name());
        CompletableFuture<List<BrokeredSocket>> transfer = client.transferAllAsync(IntStream.range(0, links.size())
                .mapToObj(i -> TransferRequest.of(links.get(i).mine(), "s" + i, FaultBench.LINES)
                        .withContext(new byte[contextBytes]))
                .toList());
        kept.awaitDeath(point.name());
        links.forEach(link -> link.peer().send("first\n"));
        kept.restart();
        assertThat(transfer)
                .succeedsWithin(PATIENCE)
                .satisfies(taken ->
                        assertThat(taken).extracting(BrokeredSocket::cookie).isEqualTo(cookies));
        for (Link link : links) {
            assertThat(link.mine().isOpen()).isFalse();
            assertThat(link.peer().readLine()).isEqualTo("got first");
            assertThat(link.peer().send("second\n").readLine()).isEqualTo("got second");
        }
        try (ProtocolClient next = kept.client()) {
            assertThat(next.socketIds()).hasSize(links.size());
            for (String id : next.socketIds()) {
                Await.parked(next, id);
            }
        }
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> kept.expectHeldByBoth(links.size()));
        for (int i = 0; i < links.size(); i++) {
            client.closeSocket("s" + i);
            // Nobody else has a copy that keeps the connection open.
            links.get(i).peer().expectEnd();
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "TRANSFER_ADOPTED",
                "TRANSFER_BOUND",
                "TRANSFER_PUT",
                "TRANSFER_KEPT",
                "TRANSFER_WATCHED",
                "TRANSFER_REPLIED",
                "JOURNAL_WRITING",
                "JOURNAL_WRITTEN"
            })
    void shouldHandOverOnceToABrokerThatDies(FailPoint point) throws Exception {
        try (Link link = Link.tcp()) {
            dieIn(point, List.of(link), 0);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TRANSFER_KEPT", "TRANSFER_WATCHED", "TRANSFER_REPLIED"})
    void shouldHandOverABatchOnce(FailPoint point) throws Exception {
        handOverBatch(point, 0);
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "DEPOSIT_RECEIVED",
                "DEPOSIT_ANSWERED",
                "TRANSFER_ADOPTED",
                "TRANSFER_KEPT",
                "TRANSFER_WATCHED",
                "TRANSFER_REPLIED"
            })
    void shouldHandOverOnceWhatIsTooLargeForAFrame(FailPoint point) throws Exception {
        handOverBatch(point, LARGE_CONTEXT);
    }

    private void handOverBatch(FailPoint point, int contextBytes) throws Exception {
        List<Link> links = IntStream.range(0, BATCH).mapToObj(_ -> Link.tcp()).toList();
        try {
            dieIn(point, links, contextBytes);
        } finally {
            links.forEach(Link::close);
        }
    }
}
