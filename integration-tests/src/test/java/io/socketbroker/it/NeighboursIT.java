package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.ActivatedSocket;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.Delivery;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.LeaseRevoked;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TransferItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A session that stalls beside one that does not. */
final class NeighboursIT {
    private static final int SOCKETS = 1_000;
    private static final int BATCH = 250;

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private final List<Wire> peers = new ArrayList<>();
    private ProtocolClient client;

    @BeforeEach
    void register() {
        client = broker.client();
        client.register("task", TaskSpec.getDefaultInstance());
    }

    private static AttachedSession attach(int credit) {
        return broker.closeLater(AttachedSession.to(broker.process().runtimeDirectory(), "task", credit));
    }

    private void park(int count) {
        for (int first = 0; first < count; first += BATCH) {
            List<Link> links = new ArrayList<>();
            List<TransferItem> items = new ArrayList<>();
            for (int number = first; number < Math.min(count, first + BATCH); number++) {
                Link link = Link.unix(Sockets.SOCK_STREAM);
                links.add(link);
                peers.add(broker.closeLater(link.peer()));
                items.add(ProtocolClient.item("task", "s" + number).build());
            }
            client.transfer(links.stream().map(link -> link.mine().fd()).toList(), items);
            links.forEach(link -> link.mine().close());
        }
    }

    /** What a session gets is answered, until it has had so many sockets; each must be a new one in its first attempt. */
    private static void serve(AttachedSession session, Set<String> served, int until) {
        while (served.size() < until) {
            FdConnection.Answer answer = session.delivery();
            Delivery delivery = answer.frame().getDelivery();
            for (int i = 0; i < answer.descriptors().size(); i++) {
                ActivatedSocket socket = delivery.getActivation().getSockets(i);
                assertThat(served.add(socket.getSocket().getKey().getSocketId()))
                        .isTrue();
                assertThat(socket.getTrigger().getAttempt()).isEqualTo(1);
                OwnedFd fd = answer.descriptors().get(i);
                assertThat(Sockets.receive(fd.fd(), new byte[16])).isEqualTo(5);
                assertThat(Sockets.send(fd.fd(), Rules.bytes("done\n"), 0, 5)).isEqualTo(5);
            }
            answer.close();
            session.giveBack(delivery);
            session.addCredit(delivery.getActivation().getSocketsCount());
        }
    }

    private void expectAllDone() {
        peers.forEach(peer -> assertThat(peer.readLine()).isEqualTo("done"));
        assertThat(client.allSockets())
                .hasSize(peers.size())
                .extracting(Socket::getFailedAttempts)
                .containsOnly(0);
    }

    private void speak(int from, int to) {
        peers.subList(from, to).forEach(peer -> peer.send("wake\n"));
    }

    @Test
    void shouldServeAllBesideASessionThatDoesNotRead() {
        AttachedSession stalled = attach(10_000);
        park(SOCKETS);
        AttachedSession healthy = attach(100);
        speak(0, SOCKETS);
        // What lies unread in the connection of the stalled one comes back after 5 s, and all the rest at once.
        serve(healthy, new HashSet<>(), SOCKETS);
        expectAllDone();
        stalled.close();
    }

    @Test
    void shouldServeAllBesideASessionThatDoesNotAcknowledge() {
        AttachedSession stalled = attach(10_000);
        park(10);
        broker.process().whileStopped(() -> speak(0, 10));
        FdConnection.Answer first = broker.closeLater(stalled.unacknowledged());
        assertThat(first.descriptors()).as("all in one delivery").hasSize(10);
        AttachedSession healthy = attach(100);
        serve(healthy, new HashSet<>(), 10);
        expectAllDone();
        assertThat(stalled.acknowledge(first.frame().getDelivery()).getError().getReason())
                .isEqualTo(ErrorReason.ERROR_REASON_CLAIM_EXPIRED);
        // It has lost its credit: it gets nothing, although the other one does not come back either.
        healthy.close();
        speak(0, 1);
        Await.state(client, "s0", SocketState.SOCKET_STATE_QUEUED);
        Await.time(Duration.ofMillis(200));
        assertThat(client.socket("s0").getState()).isEqualTo(SocketState.SOCKET_STATE_QUEUED);
        stalled.addCredit(1);
        serve(stalled, new HashSet<>(), 1);
        assertThat(peers.getFirst().readLine()).isEqualTo("done");
    }

    @Test
    void shouldNotWaitForASessionWithoutCredit() {
        AttachedSession busy = attach(1);
        park(SOCKETS);
        speak(0, 1);
        FdConnection.Answer work = broker.closeLater(busy.delivery());
        AttachedSession healthy = attach(253);
        long start = System.nanoTime();
        speak(1, SOCKETS);
        Set<String> served = new HashSet<>(Set.of("s0"));
        serve(healthy, served, SOCKETS);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        // The busy one has its socket still.
        assertThat(Sockets.send(work.descriptors().getFirst().fd(), Rules.bytes("done\n"), 0, 5))
                .isEqualTo(5);
        busy.giveBack(work.frame().getDelivery());
        peers.forEach(peer -> assertThat(peer.readLine()).isEqualTo("done"));
    }

    @Test
    void shouldTakeALeaseFromASessionWhoseTimeIsOverAndGiveItToAnother() {
        client.register(
                "task",
                TaskSpec.newBuilder().setActivationTimeout(Rules.millis(1_000)).build());
        AttachedSession slow = attach(1);
        park(2);
        speak(0, 1);
        Delivery late = broker.closeLater(slow.delivery()).frame().getDelivery();
        AttachedSession other = attach(1);
        LeaseRevoked revoked = slow.revoked();
        assertThat(revoked.getKey().getSocketId()).isEqualTo("s0");
        assertThat(revoked.getActivationId()).isEqualTo(late.getActivation().getActivationId());
        FdConnection.Answer second = broker.closeLater(other.delivery());
        ActivatedSocket socket = second.frame().getDelivery().getActivation().getSockets(0);
        assertThat(socket.getSocket().getKey().getSocketId()).isEqualTo("s0");
        assertThat(socket.getTrigger().getAttempt()).isEqualTo(2);
        assertThat(socket.getSocket().getGeneration())
                .isGreaterThan(late.getActivation().getSockets(0).getSocket().getGeneration());
        Refusal.of(() -> client.sessions()
                        .complete(CompleteRequest.newBuilder()
                                .setToken(late.getToken())
                                .build()))
                .expect(Code.NOT_FOUND, "TOKEN_UNKNOWN", "token");
        assertThat(Sockets.receive(second.descriptors().getFirst().fd(), new byte[16]))
                .isEqualTo(5);
        other.giveBack(second.frame().getDelivery());
        // The slow one is as good as any for what comes next.
        other.close();
        slow.addCredit(1);
        speak(1, 2);
        assertThat(broker.closeLater(slow.delivery())
                        .frame()
                        .getDelivery()
                        .getActivation()
                        .getSockets(0)
                        .getSocket()
                        .getKey()
                        .getSocketId())
                .isEqualTo("s1");
    }
}
