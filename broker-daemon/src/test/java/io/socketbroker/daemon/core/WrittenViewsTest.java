package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.store.v1.StoredEndpoint;
import io.socketbroker.store.v1.StoredLease;
import io.socketbroker.store.v1.StoredQuiet;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.v1.ActivatedSocket;
import io.socketbroker.v1.Holder;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TriggerDetails;
import io.socketbroker.v1.TriggerReason;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every field where it belongs, in what callers see and in what is stored. */
class WrittenViewsTest {
    private static final Instant TRANSFERRED = Instant.parse("2026-11-01T10:00:00.000000001Z");
    private static final Instant PARKED = Instant.parse("2026-11-01T11:00:00.999999999Z");
    private static final Instant SINCE = Instant.parse("2026-11-01T12:00:00Z");
    private static final KeepAlive KEEP_ALIVE =
            KeepAlive.newBuilder().setInterval(Durations.fromSeconds(60)).build();
    private static final SocketOptions OPTIONS =
            SocketOptions.newBuilder().setNotifyNetworkChanged(true).build();
    private static final ByteString CONTEXT = ByteString.copyFromUtf8("where we were");
    private static final TriggerDetails TRIGGER = TriggerDetails.newBuilder()
            .setReason(TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY)
            .setAttempt(2)
            .setBytesAvailable(5)
            .build();
    private static final SocketName NAME = new SocketName(-2, "shop", "feed-42");
    private static final TaskName TASK = new TaskName(-2, "shop", "feed");

    private final BackwardWriter writer = new BackwardWriter(16);
    private final SocketEntry entry = entry(OPTIONS, CONTEXT, KEEP_ALIVE, "front");

    private static SocketEntry entry(
            SocketOptions options, ByteString context, KeepAlive keepAlive, String listenerId) {
        return new SocketEntry(
                new Slot(9),
                NAME,
                TASK,
                new Candidate(
                        SocketKind.SOCKET_KIND_STREAM,
                        "tcp",
                        77,
                        Optional.of(new Endpoint.Inet(InetAddress.ofLiteral("192.0.2.1"), 443)),
                        Optional.of(new Endpoint.Inet(InetAddress.ofLiteral("2001:db8::7"), 50_000)),
                        true),
                TRANSFERRED,
                listenerId,
                options,
                context,
                keepAlive);
    }

    private Lease leased() {
        TaskEntry task = new TaskEntry(TASK, TaskSpec.getDefaultInstance(), SINCE);
        Activation activation = new Activation(5, task, new Token(1, 2), SINCE, null);
        activation.pid = 4321;
        entry.state = SocketState.SOCKET_STATE_LEASED;
        Lease lease = new Lease(activation, entry, TRIGGER, true, 33);
        lease.handedOver = true;
        entry.lease = lease;
        activation.leases.add(lease);
        return lease;
    }

    private void used() {
        entry.generation = 34;
        entry.activations = 12;
        entry.failedAttempts = 1;
        entry.endDelivered = true;
        entry.parkedAt(PARKED);
        Quiet quiet = entry.quiet();
        quiet.awaitsFirstBytes = true;
        quiet.adaptedNanos = 90_000_000_000L;
        quiet.probesSent = 1;
        quiet.repliesConsumed = 2;
        quiet.answersSent = 3;
        quiet.datagramsDiscarded = 4;
    }

    private static Socket.Builder shown() {
        return Socket.newBuilder()
                .setKey(SocketKey.newBuilder()
                        .setApp("shop")
                        .setSocketId("feed-42")
                        .setUid(-2))
                .setKind(SocketKind.SOCKET_KIND_STREAM)
                .setState(SocketState.SOCKET_STATE_LEASED)
                .setTask("feed")
                .setCookie(77)
                .setGeneration(33)
                .setLocal(io.socketbroker.v1.Endpoint.newBuilder()
                        .setText("192.0.2.1:443")
                        .setAddress("192.0.2.1")
                        .setPort(443))
                .setPeer(io.socketbroker.v1.Endpoint.newBuilder()
                        .setText("[2001:db8::7]:50000")
                        .setAddress("2001:db8:0:0:0:0:0:7")
                        .setPort(50_000))
                .setContextBytes(CONTEXT.size())
                .setContext(CONTEXT)
                .setKeepAlive(KEEP_ALIVE)
                .setOptions(OPTIONS)
                .setTransferredAt(Views.timestamp(TRANSFERRED))
                .setParkedAt(Views.timestamp(PARKED))
                .setHolder(Holder.newBuilder()
                        .setPid(4321)
                        .setUid(-2)
                        .setActivationId(5)
                        .setSince(Views.timestamp(SINCE)))
                .setActivations(12)
                .setFailedAttempts(1)
                .setProtocol("tcp")
                .setListenerId("front")
                .setEffectiveInterval(Durations.fromSeconds(90))
                .setProbesSent(1)
                .setRepliesConsumed(2)
                .setAnswersSent(3)
                .setDatagramsDiscarded(4);
    }

    @Test
    void shouldShowEveryField() {
        used();
        leased();
        Socket all = shown().build();
        assertThat(Views.socket(entry, true)).isEqualTo(all);
        assertThat(all.getAllFields()).hasSameSizeAs(Socket.getDescriptor().getFields());
        assertThat(Views.socket(entry, false))
                .isEqualTo(all.toBuilder().clearContext().build());
    }

    @Test
    void shouldLeaveOutWhatIsNotThere() {
        SocketEntry plain =
                entry(SocketOptions.getDefaultInstance(), ByteString.EMPTY, KeepAlive.getDefaultInstance(), "");
        Socket view = Views.socket(plain, true);
        assertThat(view.hasOptions()).isFalse();
        assertThat(view.hasKeepAlive()).isFalse();
        assertThat(view.hasEffectiveInterval()).isFalse();
        assertThat(view.hasHolder()).isFalse();
        assertThat(view.getListenerId()).isEmpty();
    }

    @Test
    void shouldShowWhoTakesItBack() {
        entry.claim = new Claim(7, 99, List.of(entry), null);
        assertThat(Views.socket(entry, false).getHolder())
                .isEqualTo(Holder.newBuilder().setPid(99).setUid(7).build());
    }

    @Test
    void shouldDeliverAnActivationAsItIsShown() {
        used();
        Lease lease = leased();
        var activation = Views.activation(lease.activation);
        assertThat(activation)
                .isEqualTo(io.socketbroker.v1.Activation.newBuilder()
                        .setActivationId(5)
                        .setTask(TaskKey.newBuilder()
                                .setApp("shop")
                                .setName("feed")
                                .setUid(-2))
                        .addSockets(ActivatedSocket.newBuilder()
                                .setSocket(shown())
                                .setTrigger(TRIGGER)
                                .setReleased(true))
                        .build());
        Claims.Outgoing outgoing = new Claims.Outgoing(8, Optional.of(lease.activation), List.of(entry));
        var delivery = WrittenViews.delivery(outgoing, writer).message().getDelivery();
        assertThat(delivery.getActivation()).isEqualTo(activation);
        assertThat(delivery.getDeliveryId()).isEqualTo(8);
        assertThat(delivery.getToken()).isEqualTo(new Token(1, 2).bytes());
    }

    @Test
    void shouldStoreEveryField() {
        used();
        leased();
        JournalEntry.SocketPut put = Records.of(entry, writer);
        StoredSocket stored = StoredSocket.newBuilder()
                .setUid(-2)
                .setApp("shop")
                .setSocketId("feed-42")
                .setTask("feed")
                .setCookie(77)
                .setGeneration(34)
                .setKind(SocketKind.SOCKET_KIND_STREAM)
                .setProtocol("tcp")
                .setLocal(StoredEndpoint.newBuilder()
                        .setInet(StoredEndpoint.Inet.newBuilder()
                                .setLiteral("192.0.2.1")
                                .setPort(443)))
                .setPeer(StoredEndpoint.newBuilder()
                        .setInet(StoredEndpoint.Inet.newBuilder()
                                .setLiteral("2001:db8:0:0:0:0:0:7")
                                .setPort(50_000)))
                .setNonBlocking(true)
                .setContext(CONTEXT)
                .setKeepAlive(KEEP_ALIVE)
                .setOptions(OPTIONS)
                .setListenerId("front")
                .setTransferredAt(Views.timestamp(TRANSFERRED))
                .setParkedAt(Views.timestamp(PARKED))
                .setSlot(9)
                .setState(SocketState.SOCKET_STATE_LEASED)
                .setTrigger(TRIGGER)
                .setFailedAttempts(1)
                .setActivations(12)
                .setLease(StoredLease.newBuilder()
                        .setActivationId(5)
                        .setToken(new Token(1, 2).bytes())
                        .setGeneration(33)
                        .setHolderPid(4321)
                        .setHandedOver(true)
                        .setReleased(true)
                        .setSince(Views.timestamp(SINCE)))
                .setEndDelivered(true)
                .setQuiet(StoredQuiet.newBuilder()
                        .setAwaitsFirstBytes(true)
                        .setAdaptedIntervalNanos(90_000_000_000L)
                        .setProbesSent(1)
                        .setRepliesConsumed(2)
                        .setAnswersSent(3)
                        .setDatagramsDiscarded(4))
                .build();
        assertThat(put.stored()).isEqualTo(stored);
        assertThat(put).isEqualTo(new JournalEntry.SocketPut(NAME, 34, 5, false, put.record()));
        assertThat(new JournalEntry.SocketPut(NAME, stored))
                .usingRecursiveComparison()
                .ignoringFields("record")
                .isEqualTo(put);
    }

    @Test
    void shouldStoreWhoseAnUnansweredTransferIs() {
        SocketEntry transferred = entry(OPTIONS, CONTEXT, KEEP_ALIVE, "");
        transferred.giverPid = 4711;
        transferred.trigger = TRIGGER;
        JournalEntry.SocketPut put = Records.of(transferred, writer);
        assertThat(put.isTransfer()).isTrue();
        assertThat(put.stored().getLease())
                .isEqualTo(StoredLease.newBuilder().setHolderPid(4711).build());
        assertThat(put.stored().hasTrigger()).isFalse();
    }
}
