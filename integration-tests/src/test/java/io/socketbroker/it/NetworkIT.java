package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskConditions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A broker in a network of its own, which the test can change as it likes; the sockets are from elsewhere. */
@EnabledIf(value = "canMakeANetwork", disabledReason = "unshare(1) and ip(8) cannot make a network here; it needs root")
final class NetworkIT {
    private static final String LINK = "sbit0";

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture("unshare", "--net");

    private ProtocolClient client;

    static boolean canMakeANetwork() {
        try {
            return run(List.of("unshare", "--net", "ip", "link", "add", LINK, "type", "veth")) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static int run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return process.exitValue();
    }

    /** ip(8) in the broker's network. */
    private static void ip(String arguments) {
        List<String> command = new ArrayList<>(List.of(
                "nsenter",
                "--net",
                "--target",
                Integer.toString(broker.process().pid()),
                "ip"));
        command.addAll(List.of(arguments.split(" ", -1)));
        try {
            assertThat(run(command)).as("status of %s", command).isZero();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void connect() {
        client = broker.client();
        ip("link add " + LINK + " type veth peer name sbit1");
        ip("link set " + LINK + " up");
    }

    @AfterEach
    void removeLink() {
        ip("link delete " + LINK);
    }

    private static SocketOptions notified() {
        return SocketOptions.newBuilder().setNotifyNetworkChanged(true).build();
    }

    @Test
    void shouldWakeThoseWhoAskWhenTheNetworkChanges() {
        client.register("task", broker.puppets().spec(Specs.rearm()));
        // The link of this test is a change, too, and changes are reported at most once a second.
        Await.time(Duration.ofMillis(1_500));
        Link asks = broker.link();
        Link other = broker.link();
        client.park(asks.mine(), ProtocolClient.item("task", "asks").setOptions(notified()));
        client.park(other.mine(), "task", "other");
        for (int change = 1; change <= 2; change++) {
            ip("address add 192.0.2." + change + "/24 dev " + LINK);
            Puppet handler = broker.puppets().next();
            assertThat(handler.env("REASON")).isEqualTo("NETWORK_CHANGED");
            assertThat(handler.env("SOCKET_ID")).isEqualTo("asks");
            assertThat(handler.env("PEER_CLOSED")).isEqualTo("0");
            handler.send("still here");
            assertThat(asks.peer().read(10)).isEqualTo("still here");
            handler.exit(0);
            Await.parked(client, "asks");
        }
        asks.peer().send("data");
        Puppet handler = broker.puppets().next();
        assertThat(handler.env("REASON")).isEqualTo("SOCKET_ACTIVITY");
        handler.expectReceived("data");
        assertThat(client.socket("other").getActivations()).isZero();
        assertThat(EventLog.of(client).events())
                .anyMatch(event -> EventLog.type(event).equals("NETWORK_CHANGED"));
    }

    @Test
    void shouldMakeOneWakeOfManyChanges() {
        client.register("task", broker.puppets().spec(Specs.rearm()));
        Await.time(Duration.ofMillis(1_500));
        Link link = broker.link();
        client.park(link.mine(), ProtocolClient.item("task", "s").setOptions(notified()));
        for (int address = 1; address <= 30; address++) {
            ip("address add 192.0.2." + address + "/32 dev " + LINK);
        }
        long changes = System.nanoTime();
        broker.puppets().next().exit(0);
        Await.parked(client, "s");
        // One report at once, and at most one a second as long as there are changes.
        Await.time(Duration.ofMillis(1_500));
        long seconds = Duration.ofNanos(System.nanoTime() - changes).toSeconds();
        assertThat(client.socket("s").getActivations()).isBetween(1L, 2 + seconds);
    }

    @Test
    void shouldDeferWakesUntilThereIsARoute() {
        client.register(
                "task",
                Specs.lineAnswerer().toBuilder()
                        .setConditions(TaskConditions.newBuilder().setNetworkAvailable(true))
                        .build());
        Link link = broker.link();
        client.park(link.mine(), "task", "s");
        link.peer().send("hello\n");
        EventLog.of(client).awaitMessage("WAKE_DEFERRED", "task", "no default route");
        assertThat(client.socket("s").getState()).isEqualTo(SocketState.SOCKET_STATE_QUEUED);
        assertThat(client.explain("s")).contains("no default route");
        ip("address add 192.0.2.1/24 dev " + LINK);
        ip("route add default via 192.0.2.2");
        assertThat(link.peer().readLine()).isEqualTo("got hello");
    }
}
