package io.socketbroker.benchmarks.launch;

import io.socketbroker.benchmarks.harness.Bench;
import io.socketbroker.benchmarks.harness.BrokerProcess;
import io.socketbroker.benchmarks.harness.Comparison;
import io.socketbroker.benchmarks.harness.Contender;
import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.benchmarks.harness.JavaProgram;
import io.socketbroker.benchmarks.harness.Measured;
import io.socketbroker.benchmarks.harness.Options;
import io.socketbroker.benchmarks.harness.Report;
import io.socketbroker.benchmarks.harness.Role;
import io.socketbroker.benchmarks.harness.Unit;
import io.socketbroker.benchmarks.harness.Workshop;
import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.TaskDefinition;
import io.socketbroker.client.TransferRequest;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.AcceptMode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * From connect to the echo of a freshly launched /bin/cat: the broker, the bare posix_spawn floor and the super-servers
 * that are installed, in turns of 20 connections: one at a time, and by a schedule that waits for nobody.
 */
public final class ColdLaunch {
    private static final Options.Defaults DEFAULTS =
            new Options.Defaults(Map.of("rounds", "50", "rate", "100"), Map.of("rounds", "8"));
    private static final int CONNECTIONS_PER_TURN = 20;
    private static final int PATIENCE_MILLIS = 10_000;
    private static final byte[] HELLO = {'h', 'e', 'l', 'l', 'o', '\n'};

    private ColdLaunch() {}

    /** Arguments: the launcher, --rounds, and --rate of connections a second. */
    public static void main(String[] args) {
        Bench.main("cold-launch", args, DEFAULTS, ColdLaunch::compare);
    }

    private static void compare(Path launcher, Options options, Report report) throws IOException {
        try (Workshop workshop = Workshop.open()) {
            List<EchoServer> servers = new ArrayList<>();
            JavaProgram floor = JavaProgram.start(workshop, SpawnFloor.class);
            servers.add(new EchoServer(
                    Role.FLOOR, "floor: accept + posix_spawn", loopback(Integer.parseInt(floor.hear()))));
            report.note("floor: " + JavaProgram.flags());
            BrokerProcess keeping = BrokerProcess.startKeeping(workshop, launcher);
            report.note("broker: " + keeping.flags());
            servers.add(ours("Socket Broker, journal and vault", keeping));
            servers.add(ours("Socket Broker, no custody", BrokerProcess.start(workshop, launcher)));
            servers.addAll(Rivals.start(workshop, report));
            int rounds = options.number("rounds");
            Comparison.run(
                    report,
                    "connect -> echo of a freshly launched /bin/cat, one at a time",
                    Unit.MICROSECONDS,
                    contenders(servers, ColdLaunch::turn),
                    rounds / 2,
                    rounds);
            int rate = options.number("rate");
            try (OpenLaunches open = new OpenLaunches(rate)) {
                Comparison.run(
                        report,
                        "the same, " + rate + " connections a second at random times (open loop)",
                        Unit.MICROSECONDS,
                        contenders(servers, open::turn),
                        1,
                        rounds / 2);
            }
        }
    }

    /** A turn with a server. */
    @FunctionalInterface
    interface Turn {
        List<Long> nanos(EchoServer server) throws IOException;
    }

    private static List<Contender> contenders(List<EchoServer> servers, Turn turn) {
        return servers.stream()
                .<Contender>map(server -> () -> List.of(Measured.of(server.role(), server.name(), turn.nanos(server))))
                .toList();
    }

    private static EchoServer ours(String name, BrokerProcess broker) {
        OwnedFd listener = Sockets.listenTcp(loopback(0), 128);
        InetSocketAddress address = SpawnFloor.addressOf(listener);
        try (BrokerClient client = BrokerClient.connect(broker.runtimeDirectory())) {
            client.registerTask(TaskDefinition.of("cat", "/bin/cat"));
            client.transfer(TransferRequest.of(listener, "listener", "cat")
                    .withAcceptMode(AcceptMode.ACCEPT_MODE_PER_CONNECTION));
        }
        return new EchoServer(Role.OURS, name, address);
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static List<Long> turn(EchoServer server) throws IOException {
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS_PER_TURN; i++) {
            nanos.add(echo(server));
        }
        return nanos;
    }

    private static long echo(EchoServer server) throws IOException {
        return echo(server, System.nanoTime());
    }

    /** Connects, and gives the time from the start to the echo. */
    static long echo(EchoServer server, long start) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(server.address(), PATIENCE_MILLIS);
            socket.getOutputStream().write(HELLO);
            byte[] answer = socket.getInputStream().readNBytes(HELLO.length);
            long nanos = System.nanoTime() - start;
            if (!Arrays.equals(answer, HELLO)) {
                throw new InvalidRunException(server.name() + " answered " + answer.length + " bytes that are wrong");
            }
            // Until cat has gone, so that the next measurement has the processors for itself.
            socket.shutdownOutput();
            if (socket.getInputStream().read() != -1) {
                throw new InvalidRunException(server.name() + " did not close");
            }
            return nanos;
        }
    }
}
