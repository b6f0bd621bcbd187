package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TransferOwnershipRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transfers in one message whose custody takes its time, because the vault does nothing meanwhile. */
final class TransferWaitIT {
    private static final int MOST_WAITING = 16;

    private static KeptBroker kept;
    private final List<Link> links = new ArrayList<>();
    private ProtocolClient client;

    @BeforeAll
    static void start() throws IOException {
        kept = new KeptBroker();
        try (ProtocolClient first = kept.client()) {
            first.register("lines", Specs.lineAnswerer());
        }
    }

    @AfterAll
    static void end() throws IOException {
        kept.close();
    }

    @BeforeEach
    void connect() {
        client = kept.client();
    }

    @AfterEach
    void tidy() throws IOException, InterruptedException {
        client.close();
        vault("CONT");
        try (ProtocolClient next = kept.client()) {
            next.socketIds().forEach(id -> FaultStep.close(next, id));
        }
        links.forEach(Link::close);
    }

    private static void vault(String signal) throws IOException, InterruptedException {
        int pid = (int) kept.vaults().getFirst().pid();
        assertThat(new ProcessBuilder("kill", "-" + signal, Integer.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
        if (signal.equals("STOP")) {
            Awaitility.await("it has stopped").until(() -> Processes.isStopped(pid));
        }
    }

    private int send(FdConnection connection) {
        Link link = Link.tcp();
        links.add(link);
        return connection.send(
                FdFrame.newBuilder()
                        .setTransfer(TransferOwnershipRequest.newBuilder()
                                .addItems(ProtocolClient.item("lines", "s" + links.size()))),
                List.of(link.mine().fd()));
    }

    @Test
    void shouldLetSixteenOfAConnectionWaitAndAnswerOthersMeanwhile() throws Exception {
        FdConnection connection = client.fdSock();
        vault("STOP");
        List<Integer> waiting = new ArrayList<>();
        for (int i = 0; i < MOST_WAITING; i++) {
            waiting.add(send(connection));
        }
        int refused = send(connection);
        FdFrame first = connection.receive().frame();
        assertThat(first.getRequestId()).isEqualTo(refused);
        assertThat(first.getError().getReason()).isEqualTo(ErrorReason.ERROR_REASON_LIMIT_REACHED);
        assertThat(first.getError().getDetailsMap())
                .containsEntry("limit", "transfers-per-connection")
                .containsEntry("value", "16");
        links.getLast().exchange();
        vault("CONT");
        List<Integer> answered = new ArrayList<>();
        for (int i = 0; i < MOST_WAITING; i++) {
            FdFrame answer = connection.receive().frame();
            assertThat(answer.hasTransferred()).as("%s", answer).isTrue();
            answered.add(answer.getRequestId());
        }
        assertThat(answered).containsExactlyInAnyOrderElementsOf(waiting);
        links.removeLast().close();
        links.forEach(link -> link.mine().close());
        for (Link link : links) {
            assertThat(link.peer().send("hello\n").readLine()).isEqualTo("got hello");
        }
        // And the next one has room.
        send(connection);
        assertThat(connection.receive().frame().hasTransferred()).isTrue();
        client.close();
        kept.expectNothingLeaked(links.size());
    }

    @Test
    void shouldLetGoWhenTheConnectionEndsBeforeCustodyIsMade() throws Exception {
        vault("STOP");
        try (FdConnection connection = new FdConnection(kept.runtimeDirectory())) {
            send(connection);
            Await.state(client, "s1", SocketState.SOCKET_STATE_DEPOSITED);
        }
        vault("CONT");
        Await.gone(client, "s1");
        links.getFirst().exchange();
        client.close();
        kept.expectNothingLeaked(0);
        links.getFirst().mine().close();
        links.getFirst().peer().expectEnd();
    }
}
