package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.TaskLimits;
import io.socketbroker.v1.TaskLimits.OverLimit;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ten thousand connections of one source beside a second source that is served all the time. */
final class FloodIT {
    private static final int CONNECTIONS = 10_000;
    private static final int WAVE = 500;
    private static final int PER_SOURCE = 16;
    private static final String SECOND_SOURCE = "127.0.1.1";

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;

    @BeforeEach
    void connect() {
        client = broker.client();
    }

    private InetSocketAddress listen(OverLimit overLimit, SocketOptions options) {
        client.register(
                "task",
                Specs.command("/bin/sh", "-c", "read x; echo \"got $x\"").toBuilder()
                        .setLimits(TaskLimits.newBuilder()
                                .setMaxConnectionsPerSource(PER_SOURCE)
                                .setOverLimit(overLimit))
                        .build());
        OwnedFd listener = broker.closeLater(Sockets.listenTcp(Link.loopback("127.0.0.1"), 4_096));
        InetSocketAddress address = Link.addressOf(listener.fd());
        client.park(listener, ProtocolClient.item("task", "listener").setOptions(options));
        return address;
    }

    /** One visit from connect to the end, in less than a second. */
    private static void expectServed(InetSocketAddress address, String source) {
        long start = System.nanoTime();
        try (Wire visitor = Wire.connectFrom(source, address)) {
            assertThat(visitor.send("hello\n").readLine()).isEqualTo("got hello");
            visitor.expectEnd();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("time of a visit")
                .isLessThan(Duration.ofSeconds(1));
    }

    /** With and without first bytes that must come before anything is launched. */
    @ParameterizedTest
    @CsvSource({"HOLD,false", "REFUSE,false", "HOLD,true", "REFUSE,true"})
    void shouldServeASecondSourceBesideAFlood(String overLimit, boolean firstBytes) {
        SocketOptions.Builder options = SocketOptions.newBuilder();
        if (firstBytes) {
            options.setFirstBytesTimeout(Rules.millis(120_000));
        }
        var address = listen(OverLimit.valueOf("OVER_LIMIT_" + overLimit), options.build());
        expectServed(address, SECOND_SOURCE);
        Flood flood = broker.closeLater(new Flood(address, CONNECTIONS, WAVE));
        int visits = 0;
        while (flood.isRunning()) {
            flood.nextWave();
            expectServed(address, SECOND_SOURCE);
            visits++;
        }
        assertThat(visits).as("visits in the midst of the flood").isGreaterThanOrEqualTo(CONNECTIONS / WAVE);
        assertThat(flood.made()).isGreaterThan(CONNECTIONS / 2);
        for (int i = 0; i < 20; i++) {
            expectServed(address, SECOND_SOURCE);
        }
        expectNoMoreThanTheLimit(overLimit.equals("HOLD") ? 2 * PER_SOURCE : PER_SOURCE, firstBytes);
        flood.close();
        awaitRest();
        // The source that flooded is a source like any other again.
        expectServed(address, "127.0.0.1");
    }

    private void expectNoMoreThanTheLimit(int withBroker, boolean firstBytes) {
        assertThat(client.socketIds()).hasSizeLessThanOrEqualTo(withBroker + 1);
        Awaitility.await("handlers of the flood alone")
                .untilAsserted(
                        () -> assertThat(client.task("task").getRunning()).isEqualTo(firstBytes ? 0 : PER_SOURCE));
        EventLog.of(client)
                .awaitMessage(
                        "CONNECTION_REFUSED",
                        "task",
                        "max_connections_per_source = " + PER_SOURCE,
                        "used by source 127.0.0.1");
    }

    private void awaitRest() {
        Awaitility.await("rest").untilAsserted(() -> {
            assertThat(client.socketIds()).containsExactly("listener");
            assertThat(client.task("task").getRunning()).isZero();
        });
    }
}
