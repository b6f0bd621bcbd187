package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.Error;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TransferOwnershipRequest;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transfers in one message on fd.sock. What descriptors and items are refused for, the tests of those say for both ways. */
final class TransferFrameIT {
    /** SCM_MAX_FD. */
    private static final int MOST = 253;

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;
    private Bystander bystander;

    @BeforeEach
    void connect() {
        client = broker.client();
        client.register("task", Specs.lineAnswerer());
        bystander = Bystander.park(broker);
    }

    @AfterEach
    void othersAreServed() {
        bystander.expectServed();
    }

    private static List<Link> links(int count) {
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            links.add(broker.closeLater(Link.unix(Sockets.SOCK_STREAM)));
        }
        return links;
    }

    private static Fd[] mine(List<Link> links) {
        return links.stream().map(link -> link.mine().fd()).toArray(Fd[]::new);
    }

    private static TransferOwnershipRequest.Builder request(String task, String idStart, int count) {
        TransferOwnershipRequest.Builder request = TransferOwnershipRequest.newBuilder();
        for (int i = 0; i < count; i++) {
            request.addItems(ProtocolClient.item(task, idStart + i));
        }
        return request;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, MOST})
    void shouldTakeThem(int count) {
        List<Link> links = links(count);
        FdFrame answer = client.fdSock().transfer(request("task", "s", count), mine(links));
        assertThat(answer.hasTransferred()).as("%s", answer).isTrue();
        List<Socket> taken = answer.getTransferred().getSocketsList();
        assertThat(taken)
                .extracting(Socket::getCookie)
                .isEqualTo(links.stream()
                        .map(link -> SocketOptions.cookie(link.mine().fd()))
                        .toList());
        assertThat(taken).allMatch(socket -> socket.getState() == SocketState.SOCKET_STATE_PARKED);
        links.forEach(link -> link.mine().close());
        for (Link link : List.of(links.getFirst(), links.getLast())) {
            assertThat(link.peer().send("hello\n").readLine()).isEqualTo("got hello");
        }
        assertThat(client.socketIds()).hasSize(count + 1);
    }

    @Test
    void shouldKeepTheContextAndGiveItBack() {
        Link link = broker.link();
        ByteString context = ByteString.copyFrom(new byte[64 * 1024]);
        FdFrame answer = client.fdSock()
                .transfer(
                        ProtocolClient.item("task", "s").setContext(context),
                        link.mine().fd());
        assertThat(answer.getTransferred().getSockets(0).getContextBytes()).isEqualTo(context.size());
        link.mine().close();
        ProtocolClient.Reclaimed back = client.reclaim("s");
        assertThat(back.response().getSockets(0).getContext()).isEqualTo(context);
        new Link(broker.closeLater(back.descriptor()), link.peer()).exchange();
    }

    private Error refused(TransferOwnershipRequest.Builder request, List<Link> links) {
        FdFrame answer = client.fdSock().transfer(request, mine(links));
        assertThat(answer.hasError()).as("%s", answer).isTrue();
        assertThat(client.socketIds()).containsExactly("bystander");
        links.forEach(Link::exchange);
        return answer.getError();
    }

    @Test
    void shouldRefuseADepositId() {
        Error error = refused(request("task", "s", 1).setDepositId(ProtocolClient.newDepositId()), links(1));
        assertThat(error.getReason()).isEqualTo(ErrorReason.ERROR_REASON_INVALID_FIELD);
        assertThat(error.getField()).isEqualTo("transfer.deposit_id");
    }

    /** The frame arrives, but its answer might not. */
    @Test
    void shouldRefuseWhatIsTooLargeForItsAnswer() {
        TransferOwnershipRequest.Builder request = request("task", "x".repeat(240), MOST);
        request.getItemsBuilder(0).setContext(ByteString.copyFrom(new byte[20 * 1024]));
        Error error = refused(request, links(MOST));
        assertThat(error.getReason()).isEqualTo(ErrorReason.ERROR_REASON_INVALID_FIELD);
        assertThat(error.getField()).isEqualTo("transfer");
        assertThat(error.getMessage()).contains("use Deposit and TransferOwnership");
    }

    @Test
    void shouldRefuseItemsWithoutDescriptorsAndNone() {
        for (int items : new int[] {0, 1}) {
            Error error = refused(request("task", "s", items), List.of());
            assertThat(error.getReason()).isEqualTo(ErrorReason.ERROR_REASON_DESCRIPTOR_COUNT_MISMATCH);
            assertThat(error.getField()).isEqualTo("items");
            assertThat(error.getMessage()).contains(items + " items for 0 descriptors");
        }
        assertThat(refused(request("task", "s", 0), links(1)).getReason())
                .isEqualTo(ErrorReason.ERROR_REASON_DESCRIPTOR_COUNT_MISMATCH);
    }

    @Test
    void shouldNameTheItemsAtFaultOfALargeBatch() {
        Error error = refused(request("unknown", "x".repeat(200), MOST), links(MOST));
        assertThat(error.getReason()).isEqualTo(ErrorReason.ERROR_REASON_TASK_UNKNOWN);
        assertThat(error.getField()).isEqualTo("items[0].task");
        assertThat(error.getMessage()).contains("252 more items");
        assertThat(error.getItemsList()).hasSize(100);
        assertThat(error.getItems(99).getIndex()).isEqualTo(99);
        assertThat(error.getItems(99).getSocketId()).endsWith("x99");
    }

    @Test
    void shouldRefuseLongNamesWithAnErrorThatArrives() {
        String name = "n".repeat(100_000);
        Error task = refused(request(name, "s", 1), links(1));
        assertThat(task.getReason()).isEqualTo(ErrorReason.ERROR_REASON_TASK_UNKNOWN);
        Error id = refused(request("task", name, 1), links(1));
        assertThat(id.getField()).isEqualTo("items[0].socket_id");
    }

    /** Only those count that wait, and a refused one does not. */
    @Test
    void shouldTakeATransferAfterManyThatItRefused() {
        for (int i = 0; i < 20; i++) {
            assertThat(refused(request("unknown", "s", 1), links(1)).getReason())
                    .isEqualTo(ErrorReason.ERROR_REASON_TASK_UNKNOWN);
        }
        Link link = broker.link();
        for (int i = 0; i < 20; i++) {
            assertThat(client.fdSock()
                            .transfer(
                                    ProtocolClient.item("task", "s").setReplace(true),
                                    broker.link().mine().fd())
                            .hasTransferred())
                    .isTrue();
        }
        assertThat(client.fdSock()
                        .transfer(
                                ProtocolClient.item("task", "s").setReplace(true),
                                link.mine().fd())
                        .hasTransferred())
                .isTrue();
        assertThat(link.peer().send("hello\n").readLine()).isEqualTo("got hello");
    }

    @Test
    void shouldTakeSeveralThatAreSentAtOnce() {
        List<Link> links = links(16);
        List<Integer> requests = new ArrayList<>();
        for (int i = 0; i < links.size(); i++) {
            requests.add(client.fdSock()
                    .send(
                            FdFrame.newBuilder().setTransfer(request("task", "s" + i + "-", 1)),
                            List.of(links.get(i).mine().fd())));
        }
        List<Integer> answered = new ArrayList<>();
        for (int i = 0; i < links.size(); i++) {
            FdFrame answer = client.fdSock().receive().frame();
            assertThat(answer.hasTransferred()).as("%s", answer).isTrue();
            answered.add(answer.getRequestId());
        }
        assertThat(answered).containsExactlyInAnyOrderElementsOf(requests);
    }

    /** Whoever of the two came first has it, and nobody else a copy. */
    @Test
    void shouldLeakNothingWhenTheConnectionIsClosedBehindTheFrame() {
        int before = descriptors();
        for (int i = 0; i < 20; i++) {
            Link link = broker.closeLater(Link.unix(Sockets.SOCK_STREAM));
            try (FdConnection connection = new FdConnection(broker.process().runtimeDirectory())) {
                connection.send(
                        FdFrame.newBuilder().setTransfer(request("task", "s", 1)),
                        List.of(link.mine().fd()));
            }
            Awaitility.await("the broker has the socket alone, or nothing")
                    .untilAsserted(() -> assertThat(descriptors() - before)
                            .isEqualTo(client.socketIds().contains("s0") ? 1 : 0));
            if (client.socketIds().contains("s0")) {
                link.mine().close();
                assertThat(link.peer().send("hello\n").readLine()).isEqualTo("got hello");
                FaultStep.close(client, "s0");
                link.peer().expectEnd();
                Awaitility.await().until(() -> descriptors() == before);
            } else {
                link.exchange();
            }
        }
    }

    private static int descriptors() {
        return Processes.descriptors(broker.process().pid()).size();
    }
}
