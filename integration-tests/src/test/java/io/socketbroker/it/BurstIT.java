package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.ActivatedSocket;
import io.socketbroker.v1.Delivery;
import io.socketbroker.v1.GetStatusRequest;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TransferItem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thousands of parked sockets that become readable at once. */
final class BurstIT {
    private static final int SOCKETS = 5_000;
    /** SCM_MAX_FD: the most in one message. */
    private static final int MOST = 253;

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private final List<Wire> peers = new ArrayList<>();
    private ProtocolClient client;

    @BeforeEach
    void connect() {
        client = broker.client();
        client.register("task", TaskSpec.getDefaultInstance());
    }

    /** The name of a socket, and what its peer says, in as many bytes for each. */
    private static String name(int number) {
        return "s%04d".formatted(number);
    }

    private void park(int count) {
        OwnedFd listener = broker.closeLater(Sockets.listenTcp(Link.loopback("127.0.0.1"), 8));
        for (int first = 0; first < count; first += MOST) {
            List<Link> links = new ArrayList<>();
            List<TransferItem> items = new ArrayList<>();
            for (int number = first; number < Math.min(first + MOST, count); number++) {
                Link link = Link.tcp(listener);
                links.add(link);
                peers.add(broker.closeLater(link.peer()));
                items.add(ProtocolClient.item("task", name(number)).build());
            }
            client.transfer(links.stream().map(link -> link.mine().fd()).toList(), items);
            links.forEach(link -> link.mine().close());
        }
    }

    private void speak() {
        for (int number = 0; number < peers.size(); number++) {
            peers.get(number).send(name(number));
        }
    }

    private void awaitQueued(int count) {
        Awaitility.await("queued sockets")
                .untilAsserted(() -> assertThat(client.admin()
                                .getStatus(GetStatusRequest.getDefaultInstance())
                                .getSocketsByStateMap())
                        .containsEntry("QUEUED", count));
    }

    /** Reads what each socket of the delivery has, which must be its own name and nothing else; answers with it. */
    private static int serve(FdConnection.Answer answer, Set<String> handled) {
        Delivery delivery = answer.frame().getDelivery();
        for (int i = 0; i < answer.descriptors().size(); i++) {
            ActivatedSocket socket = delivery.getActivation().getSockets(i);
            String name = socket.getSocket().getKey().getSocketId();
            assertThat(socket.getTrigger().getAttempt()).isEqualTo(1);
            assertThat(socket.getTrigger().getBytesAvailable()).isEqualTo(5);
            byte[] buffer = new byte[64];
            OwnedFd fd = answer.descriptors().get(i);
            assertThat(Sockets.receive(fd.fd(), buffer)).isEqualTo(5);
            assertThat(new String(buffer, 0, 5, StandardCharsets.US_ASCII)).isEqualTo(name);
            assertThat(handled.add(name)).as("%s for the first time", name).isTrue();
            assertThat(Sockets.send(fd.fd(), buffer, 0, 5)).isEqualTo(5);
        }
        answer.close();
        return delivery.getActivation().getSocketsCount();
    }

    /** All are parked again, and none was handled twice or had a failure. */
    private void expectAllServedOnce() {
        for (int number = 0; number < peers.size(); number++) {
            assertThat(peers.get(number).read(5)).isEqualTo(name(number));
        }
        Awaitility.await("all parked")
                .untilAsserted(() -> assertThat(client.admin()
                                .getStatus(GetStatusRequest.getDefaultInstance())
                                .getSocketsByStateMap())
                        .containsOnlyKeys("PARKED"));
        assertThat(client.allSockets())
                .hasSize(peers.size())
                .extracting(Socket::getFailedAttempts)
                .containsOnly(0);
        for (int number = 0; number < peers.size(); number += 97) {
            assertThat(Sockets.bytesAvailable(peers.get(number).fd())).isZero();
        }
    }

    private static int messages(int sockets, int credit) {
        return Math.ceilDiv(sockets, Math.min(credit, MOST));
    }

    @ParameterizedTest
    @ValueSource(ints = {10_000, 253, 100})
    void shouldSendWhatIsDueInAsFewMessagesAsTheCreditAllows(int credit) {
        park(SOCKETS);
        speak();
        awaitQueued(SOCKETS);
        AttachedSession session =
                broker.closeLater(AttachedSession.to(broker.process().runtimeDirectory(), "task", credit));
        expectAllServedIn(session, credit, messages(SOCKETS, credit));
    }

    @Test
    void shouldSendToASessionThatIsThereAlready() {
        int credit = 100;
        AttachedSession session =
                broker.closeLater(AttachedSession.to(broker.process().runtimeDirectory(), "task", credit));
        park(SOCKETS);
        broker.process().whileStopped(this::speak);
        expectAllServedIn(session, credit, messages(SOCKETS, credit));
    }

    @Test
    void shouldSendAllThatComesInOneTurnTogether() {
        AttachedSession session =
                broker.closeLater(AttachedSession.to(broker.process().runtimeDirectory(), "task", 10_000));
        park(SOCKETS);
        broker.process().whileStopped(this::speak);
        // The kernel tells of some hundreds in one turn; each turn may end with a message that is not full.
        expectAllServedIn(session, 10_000, 2 * messages(SOCKETS, 10_000));
    }

    @Test
    void shouldHaveRoomForItsAnswersToASessionThatIsSlowToRead() {
        AttachedSession session =
                broker.closeLater(AttachedSession.to(broker.process().runtimeDirectory(), "task", 10_000));
        park(SOCKETS);
        broker.process().whileStopped(this::speak);
        Set<String> handled = new HashSet<>();
        while (handled.size() < SOCKETS) {
            FdConnection.Answer answer = session.unacknowledged();
            Delivery delivery = answer.frame().getDelivery();
            // The broker fills the connection with further deliveries.
            Await.time(Duration.ofMillis(80));
            int acknowledgement = session.sendAcknowledgement(delivery);
            Await.time(Duration.ofMillis(40));
            assertThat(session.answer(acknowledgement).hasReleased()).isTrue();
            serve(answer, handled);
            session.giveBack(delivery);
        }
        expectAllServedOnce();
    }

    private void expectAllServedIn(AttachedSession session, int credit, int mostMessages) {
        Set<String> handled = new HashSet<>();
        int messages = 0;
        int most = 0;
        while (handled.size() < SOCKETS) {
            FdConnection.Answer answer = session.delivery();
            Delivery delivery = answer.frame().getDelivery();
            messages++;
            int count = serve(answer, handled);
            most = Math.max(most, count);
            session.giveBack(delivery);
            if (credit < SOCKETS) {
                session.addCredit(count);
            }
        }
        assertThat(most).isLessThanOrEqualTo(Math.min(credit, MOST));
        assertThat(messages).as("messages for %d sockets", SOCKETS).isLessThanOrEqualTo(mostMessages);
        expectAllServedOnce();
        assertThat(client.task("task").getLaunches()).isZero();
    }

    @Test
    void shouldLaunchOneHandlerForABurst() {
        client.register("task", claiming());
        park(200);
        broker.process().whileStopped(this::speak);
        Puppet handler = broker.puppets().next();
        assertThat(handler.env("SOCKETS")).isEqualTo("200");
        expectServed(handler, 200);
        expectAllServedOnce();
        assertThat(client.task("task").getLaunches()).isEqualTo(1);
    }

    @Test
    void shouldLaunchAsFewHandlersAsMessagesCarry() {
        park(SOCKETS);
        speak();
        awaitQueued(SOCKETS);
        client.register("task", claiming());
        int left = SOCKETS;
        int launches = 0;
        while (left > 0) {
            Puppet handler = broker.puppets().next();
            launches++;
            int sockets = Integer.parseInt(handler.env("SOCKETS"));
            expectServed(handler, sockets);
            left -= sockets;
        }
        assertThat(left).isZero();
        expectAllServedOnce();
        assertThat(launches).isEqualTo(messages(SOCKETS, MOST));
        assertThat(client.task("task").getLaunches()).isEqualTo(launches);
    }

    private static TaskSpec claiming() {
        return broker.puppets()
                .spec(LaunchStyle.LAUNCH_STYLE_CLAIM)
                .setExitPolicy(Specs.rearm())
                .build();
    }

    private static void expectServed(Puppet handler, int sockets) {
        assertThat(handler.tell("claim")).endsWith(" with " + sockets);
        assertThat(handler.tell("acknowledge")).isEqualTo("released");
        assertThat(handler.tell("serve")).isEqualTo("served " + sockets);
        handler.exit(0);
    }

    @Test
    void shouldServeAnotherTaskInTheMidstOfABurst() {
        client.register("other", Specs.lineAnswerer());
        Link other = broker.link();
        client.park(other.mine(), "other", "other");
        AttachedSession session =
                broker.closeLater(AttachedSession.to(broker.process().runtimeDirectory(), "task", 10));
        park(SOCKETS);
        long[] start = new long[1];
        broker.process().whileStopped(() -> {
            speak();
            other.peer().send("hello\n");
            start[0] = System.nanoTime();
        });
        assertThat(other.peer().readLine()).isEqualTo("got hello");
        assertThat(Duration.ofNanos(System.nanoTime() - start[0])).isLessThan(Duration.ofSeconds(1));
        session.delivery().close();
    }
}
