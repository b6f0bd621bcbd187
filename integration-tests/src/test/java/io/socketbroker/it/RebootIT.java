package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.socketbroker.daemon.systemd.UserManager;
import io.socketbroker.linux.Users;
import io.socketbroker.v1.CloseCause;
import io.socketbroker.v1.Event;
import io.socketbroker.v1.SocketState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A broker with the journal of another boot, whose id it saw in a mount namespace of its own. */
final class RebootIT {
    private final ByteString context = ByteString.copyFromUtf8("where to connect");
    private Path home;
    private BrokerProcess broker;
    private Puppets puppets;

    @BeforeEach
    void startInAnotherBoot() throws Exception {
        home = BrokerProcess.newHome();
        Path bootId = Files.writeString(home.resolve("boot_id"), "11111111-2222-3333-4444-555555555555\n");
        String[] wrapper = {
            "unshare",
            "--mount",
            "sh",
            "-c",
            "mount --bind \"$0\" /proc/sys/kernel/random/boot_id && exec \"$@\"",
            bootId.toString()
        };
        UserManager.requireOrSkip(
                Users.uid() == 0 && new ProcessBuilder(wrapper).start().waitFor() == 0,
                "the id of the boot cannot be another here (it takes root and unshare)");
        broker = BrokerProcess.startKeeping(home, wrapper);
        puppets = new Puppets(home);
    }

    @AfterEach
    void endAll() throws Exception {
        if (broker != null) {
            puppets.close();
            broker.close();
            Vaults.end(home);
        }
        BrokerProcess.delete(home);
    }

    private ProtocolClient client() {
        return new ProtocolClient(broker.runtimeDirectory());
    }

    /** Neither broker nor vault are left, and the boot is this one. */
    private void reboot() throws Exception {
        broker.kill();
        Vaults.end(home);
        broker = BrokerProcess.startKeeping(home);
    }

    private void park(Link asked, Link unasked) {
        try (ProtocolClient client = client()) {
            client.register(
                    "asks",
                    puppets.spec(Specs.rearm()).toBuilder()
                            .setNotifyReboot(true)
                            .build());
            client.register("asks-not", puppets.spec(Specs.rearm()));
            client.park(asked.mine(), ProtocolClient.item("asks", "s").setContext(context));
            client.park(unasked.mine(), "asks-not", "t");
        }
    }

    private static List<CloseCause> wakes(ProtocolClient client, String socketId) {
        return EventLog.of(client).events().stream()
                .filter(event -> event.getSocket().getSocketId().equals(socketId))
                .filter(Event::hasTrigger)
                .filter(event -> EventLog.type(event).equals("SOCKET_TRIGGERED"))
                .map(event -> event.getTrigger().getCloseCause())
                .toList();
    }

    @Test
    void shouldWakeAHandlerOnceForWhatWasLost() throws Exception {
        try (Link asked = Link.tcp();
                Link unasked = Link.tcp()) {
            park(asked, unasked);
            reboot();
            asked.peer().expectGone();
            unasked.peer().expectGone();
            Puppet puppet = puppets.next();
            assertThat(puppet.env("REASON")).isEqualTo("SOCKET_CLOSED");
            assertThat(puppet.env("SOCKET_ID")).isEqualTo("s");
            puppet.expectEnd();
            try (ProtocolClient client = client()) {
                assertThat(client.socketIds()).containsExactly("s");
                assertThat(client.socket("s").getContext()).isEqualTo(context);
                assertThat(wakes(client, "s")).containsExactly(CloseCause.CLOSE_CAUSE_REBOOT);
                assertThat(wakes(client, "t")).isEmpty();
                EventLog.of(client).awaitMessage("SOCKET_CLOSED", "asks-not", "lost in a restart of the host");
            }
            // The wake is in custody like others, and goes on with the next broker.
            broker.kill();
            broker = BrokerProcess.startKeeping(home);
            try (ProtocolClient client = client()) {
                Await.state(client, "s", SocketState.SOCKET_STATE_LEASED);
                puppet.exit(0);
                Await.gone(client, "s");
                assertThat(wakes(client, "s")).isEmpty();
            }
            puppets.expectNoMore();
        }
    }
}
