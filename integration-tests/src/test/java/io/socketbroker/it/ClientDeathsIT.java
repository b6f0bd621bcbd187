package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client that is killed with -9 at each step: its connection ends with it, or is the broker's, and never neither. */
final class ClientDeathsIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    /** The last thing that the client does. */
    enum Step {
        CONNECT(false),
        DEPOSIT(false),
        TRANSFER(true),
        CLOSE(true),
        RECLAIM(true),
        CLAIM(true),
        ACKNOWLEDGE(false);

        private final boolean brokers;

        Step(boolean brokers) {
            this.brokers = brokers;
        }
    }

    private static Process start(int port) throws IOException {
        return new ProcessBuilder(
                        BrokerProcess.java(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ClientProgram.class.getName(),
                        broker.process().runtimeDirectory().toString(),
                        Integer.toString(port))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void tell(Process program, Step step) throws IOException {
        program.outputWriter(StandardCharsets.US_ASCII)
                .append(step.name().toLowerCase(Locale.ROOT))
                .append('\n')
                .flush();
        assertThat(program.inputReader(StandardCharsets.US_ASCII).readLine()).isEqualTo("ok");
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndOrKeepTheConnectionOfAClientThatIsKilled(Step last) throws Exception {
        ProtocolClient client = broker.client();
        client.register("task", Specs.lineAnswerer());
        Bystander bystander = Bystander.park(broker);
        OwnedFd listener = broker.closeLater(Sockets.listenTcp(Link.loopback("127.0.0.1"), 8));
        Process program = start(Link.addressOf(listener.fd()).getPort());
        try {
            for (Step step : Step.values()) {
                if (step.compareTo(last) <= 0) {
                    tell(program, step);
                }
            }
            Wire peer = broker.closeLater(
                    new Wire(Sockets.accept(listener.fd(), false).orElseThrow()));
            program.destroyForcibly();
            assertThat(program.waitFor(15, TimeUnit.SECONDS)).isTrue();
            if (last.brokers) {
                // What it had asked for and not acknowledged is the broker's again after a while.
                Conversation conversation = new Conversation(peer);
                conversation.say().hearAll();
                conversation.say().hearAll();
                Await.parked(client, "s");
            } else {
                // The broker's copy of what was only deposited goes when nobody calls for it.
                peer.expectEnd();
                assertThat(client.socketIds()).containsExactly("bystander");
            }
            bystander.expectServed();
        } finally {
            program.destroyForcibly();
        }
    }
}
