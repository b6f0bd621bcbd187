package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.SocketOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Closing a socket with SO_LINGER takes as long as its peer likes, and nobody else waits for that. */
final class LingeringCloseIT {
    private static final int LINGER_SECONDS = 8;
    private static final Duration AT_ONCE = Duration.ofSeconds(4);

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    @Test
    void shouldServeOthersWhileASocketLingers() {
        ProtocolClient client = broker.client();
        client.register("task", Specs.lineAnswerer());
        Bystander bystander = Bystander.park(broker);
        Link link = broker.link();
        // More than the peer's window, and the peer does not read: the kernel cannot send it all.
        byte[] unsent = link.fill();
        SocketOptions.setLinger(link.mine().fd(), true, LINGER_SECONDS);
        client.park(link.mine(), "task", "s");
        long began = System.nanoTime();
        FaultStep.close(client, "s");
        bystander.expectServed();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(AT_ONCE);
        // What was unsent still comes, as the giver of the socket wanted it.
        assertThat(link.peer().readBytes(unsent.length)).isEqualTo(unsent);
        link.peer().expectEnd();
    }
}
