package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.socketbroker.v1.CloseCause;
import io.socketbroker.v1.CloseSocketRequest;
import io.socketbroker.v1.GetActivationRequest;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.TriggerDetails;
import io.socketbroker.v1.TriggerReason;
import io.socketbroker.v1.UpdateSocketRequest;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How connections end, or go silent, while the broker or a handler has them. */
final class EndingsIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;
    private Link link;

    @BeforeEach
    void park() {
        client = broker.client();
        link = broker.link();
        client.register("task", broker.puppets().spec(Specs.rearm()));
        client.park(link.mine(), "task", "s");
    }

    private Puppet next(TriggerReason reason) {
        Puppet handler = broker.puppets().next();
        assertThat("TRIGGER_REASON_" + handler.env("REASON")).isEqualTo(reason.name());
        return handler;
    }

    /** What the broker tells a handler that asks. */
    private TriggerDetails trigger(Puppet handler) {
        ByteString token = ByteString.copyFrom(HexFormat.of().parseHex(handler.env("TOKEN")));
        return client.sessions()
                .getActivation(GetActivationRequest.newBuilder().setToken(token).build())
                .getActivation()
                .getSockets(0)
                .getTrigger();
    }

    private void expectClosed(Puppet handler, CloseCause cause) {
        assertThat(trigger(handler).getCloseCause()).isEqualTo(cause);
        handler.exit(0);
        Await.gone(client, "s");
    }

    @Test
    void shouldDeliverDataBeforeTheEnd() {
        link.peer().send("last words");
        link.peer().finish();
        Puppet reader = next(TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY);
        reader.expectReceived("last words");
        reader.send("heard");
        reader.exit(0);
        Puppet told = next(TriggerReason.TRIGGER_REASON_SOCKET_CLOSED);
        assertThat(told.env("PEER_CLOSED")).isEqualTo("1");
        told.expectEnd();
        // Half-closed: this direction still works.
        told.send(" and understood");
        expectClosed(told, CloseCause.CLOSE_CAUSE_FIN);
        assertThat(link.peer().readToEnd()).isEqualTo("heard and understood");
    }

    @Test
    void shouldSayThatTheEndFollowsUnreadData() {
        // The first handler holds the socket while data and FIN come, so that both are there at the next look.
        link.peer().send("first");
        Puppet first = next(TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY);
        assertThat(first.env("PEER_CLOSED")).isEqualTo("0");
        first.expectReceived("first");
        link.peer().send("last words");
        link.peer().finish();
        first.exit(0);
        Puppet second = next(TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY);
        assertThat(second.env("PEER_CLOSED")).isEqualTo("1");
        assertThat(trigger(second).getBytesAvailable()).isEqualTo(10);
        // It reads nothing: the same comes again, and nothing is lost.
        second.exit(0);
        Puppet third = next(TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY);
        assertThat(third.env("PEER_CLOSED")).isEqualTo("1");
        third.expectReceived("last words");
        third.exit(0);
        expectClosed(next(TriggerReason.TRIGGER_REASON_SOCKET_CLOSED), CloseCause.CLOSE_CAUSE_FIN);
    }

    @Test
    void shouldTellOfAReset() {
        link.peer().reset();
        Puppet told = next(TriggerReason.TRIGGER_REASON_SOCKET_CLOSED);
        TriggerDetails trigger = trigger(told);
        assertThat(trigger.getErrorNumber()).isEqualTo(104); // ECONNRESET
        expectClosed(told, CloseCause.CLOSE_CAUSE_RESET);
    }

    @Test
    void shouldDeliverDataBeforeAReset() {
        link.peer().send("first");
        Puppet first = next(TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY);
        first.expectReceived("first");
        link.peer().send("last words");
        link.peer().reset();
        first.exit(0);
        Puppet second = next(TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY);
        second.expectReceived("last words");
        second.exit(0);
        expectClosed(next(TriggerReason.TRIGGER_REASON_SOCKET_CLOSED), CloseCause.CLOSE_CAUSE_RESET);
    }

    @Test
    void shouldTellOfAnEndDuringTheLeaseOnceItIsGivenBack() {
        link.peer().send("x");
        Puppet holder = next(TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY);
        holder.expectReceived("x");
        link.peer().close();
        assertThat(holder.complete(LeaseOutcome.LEASE_OUTCOME_RETURNED)).isEqualTo("completed");
        expectClosed(next(TriggerReason.TRIGGER_REASON_SOCKET_CLOSED), CloseCause.CLOSE_CAUSE_FIN);
        holder.exit(0);
    }

    @Test
    void shouldEndTheConnectionUnderAHandlerWhenTheSocketIsClosed() {
        link.peer().send("x");
        Puppet holder = next(TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY);
        holder.expectReceived("x");
        client.sockets()
                .closeSocket(CloseSocketRequest.newBuilder()
                        .setKey(ProtocolClient.key("s"))
                        .build());
        // At once, although the handler still has its descriptor.
        link.peer().expectEnd();
        holder.expectEnd();
        assertThat(holder.complete(LeaseOutcome.LEASE_OUTCOME_RETURNED)).startsWith("error");
        holder.exit(0);
        assertThat(client.socketIds()).isEmpty();
    }

    private void keepAlive(long seconds) {
        client.sockets()
                .updateSocket(UpdateSocketRequest.newBuilder()
                        .setKey(ProtocolClient.key("s"))
                        .setKeepAlive(KeepAlive.newBuilder().setInterval(Durations.fromSeconds(seconds)))
                        .build());
    }

    @Test
    void shouldWakeWhenTheKeepAliveTimeIsOver() {
        keepAlive(1);
        long before = System.nanoTime();
        Puppet sender = next(TriggerReason.TRIGGER_REASON_KEEP_ALIVE_TIMER_EXPIRED);
        assertThat(System.nanoTime() - before).isBetween(900_000_000L, 5_000_000_000L);
        sender.send("heartbeat");
        assertThat(link.peer().read(9)).isEqualTo("heartbeat");
        sender.exit(0);
        // It starts again with the return, and stops when asked to.
        next(TriggerReason.TRIGGER_REASON_KEEP_ALIVE_TIMER_EXPIRED).exit(0);
        Await.parked(client, "s");
        keepAlive(0);
        link.peer().send("data wakes as ever");
        next(TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY).expectReceived("data wakes as ever");
    }

    @Test
    void shouldStartTheKeepAliveTimeAgainAfterActivity() {
        keepAlive(1);
        link.peer().send("x");
        Puppet reader = next(TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY);
        reader.expectReceived("x");
        long before = System.nanoTime();
        reader.exit(0);
        next(TriggerReason.TRIGGER_REASON_KEEP_ALIVE_TIMER_EXPIRED).exit(0);
        assertThat(System.nanoTime() - before).isGreaterThan(900_000_000L);
    }
}
