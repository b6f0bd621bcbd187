package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One connection through a thousand handlers. */
final class ThousandWakesIT {
    private static final int WAKES = 1_000;

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    @Test
    void shouldKeepStreamAndSocketThroughAThousandWakes() {
        ProtocolClient client = broker.client();
        // The shell's read takes one byte at a time from a socket, so what follows the line stays in it.
        client.register(
                "lines",
                Specs.command(
                                LaunchStyle.LAUNCH_STYLE_SOCKET,
                                List.of("/bin/sh", "-c", "read -r x; echo \"got $x on $SO_COOKIE\""))
                        .setExitPolicy(Specs.rearm())
                        .build());
        Link link = broker.link();
        long cookie = SocketOptions.cookie(link.mine().fd());
        client.park(link.mine(), "lines", "line");
        for (int wake = 0; wake < WAKES; wake++) {
            String line = "line " + wake + " \\ of\tbytes";
            assertThat(link.peer().send(line + "\n").readLine())
                    .isEqualTo("got " + line + " on " + Long.toUnsignedString(cookie));
            if (wake % 100 == 0) {
                assertThat(client.socket("line").getCookie()).isEqualTo(cookie);
            }
        }
        expectWakes(client, WAKES, cookie);
    }

    @Test
    void shouldWakeForEachLineOfABurst() {
        ProtocolClient client = broker.client();
        client.register("lines", Specs.lineAnswerer());
        Link link = broker.link();
        long cookie = client.park(link.mine(), "lines", "line").getCookie();
        int lines = 200;
        for (int line = 0; line < lines; line++) {
            link.peer().send(line + "\n");
        }
        for (int line = 0; line < lines; line++) {
            assertThat(link.peer().readLine()).isEqualTo("got " + line);
        }
        expectWakes(client, lines, cookie);
    }

    private static void expectWakes(ProtocolClient client, int wakes, long cookie) {
        ProtocolClient.Reclaimed reclaimed = reclaimWhenParked(client);
        // A task that is registered anew begins to count anew.
        assertThat(client.task("lines").getLaunches()).isEqualTo(wakes);
        assertThat(client.task("lines").getFailures()).isZero();
        try (OwnedFd back = reclaimed.descriptor()) {
            assertThat(SocketOptions.cookie(back.fd())).isEqualTo(cookie);
        }
        Socket last = reclaimed.response().getSockets(0);
        assertThat(last.getActivations()).isEqualTo(wakes);
        assertThat(last.getCookie()).isEqualTo(cookie);
    }

    /** The last handler answered, and may not have ended yet. */
    private static ProtocolClient.Reclaimed reclaimWhenParked(ProtocolClient client) {
        Await.parked(client, "line");
        return client.reclaim("line");
    }
}
