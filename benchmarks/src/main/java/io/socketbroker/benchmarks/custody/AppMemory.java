package io.socketbroker.benchmarks.custody;

import io.socketbroker.benchmarks.harness.Bench;
import io.socketbroker.benchmarks.harness.BrokerProcess;
import io.socketbroker.benchmarks.harness.Comparison;
import io.socketbroker.benchmarks.harness.Contender;
import io.socketbroker.benchmarks.harness.JavaProgram;
import io.socketbroker.benchmarks.harness.Measured;
import io.socketbroker.benchmarks.harness.Options;
import io.socketbroker.benchmarks.harness.ProcessFigures;
import io.socketbroker.benchmarks.harness.Report;
import io.socketbroker.benchmarks.harness.Role;
import io.socketbroker.benchmarks.harness.Unit;
import io.socketbroker.benchmarks.harness.Workshop;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a server in Java needs for idle connections before and after it has parked them, and what the broker and its vault
 * need for them instead.
 */
public final class AppMemory {
    private static final Options.Defaults DEFAULTS =
            new Options.Defaults(Map.of("connections", "5000", "rounds", "3"), Map.of("rounds", "1"));

    private final Path launcher;
    private final int connections;
    private final Report report;

    private AppMemory(Path launcher, int connections, Report report) {
        this.launcher = launcher;
        this.connections = connections;
        this.report = report;
    }

    /** Arguments: the launcher, --connections and --rounds. */
    public static void main(String[] args) {
        Bench.main("app-memory", args, DEFAULTS, AppMemory::compare);
    }

    private static void compare(Path launcher, Options options, Report report) throws IOException {
        int connections = options.number("connections");
        AppMemory memory = new AppMemory(launcher, connections, report);
        Comparison.run(
                report,
                "a server on Netty with " + connections + " idle connections that it parks",
                Unit.MEBIBYTES,
                List.<Contender>of(memory::turn),
                0,
                options.number("rounds"));
    }

    private List<Measured> turn() throws IOException {
        List<OwnedFd> clients = new ArrayList<>();
        try (Workshop workshop = Workshop.open()) {
            BrokerProcess broker = BrokerProcess.startKeeping(workshop, launcher);
            report.note("broker: " + broker.flags());
            report.note("server: " + JavaProgram.flags());
            JavaProgram server = JavaProgram.start(
                    workshop, ParkingServer.class, broker.runtimeDirectory().toString());
            InetSocketAddress address =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(server.hear()));
            // One connection of each kind first, so that what is loaded once does not count.
            clients.add(Sockets.connectTcp(address));
            park(server, 1);
            List<Measured> rows = new ArrayList<>();
            rows.addAll(rows("server without connections", server.pid()));
            rows.addAll(rows("broker before", broker.pid()));
            rows.addAll(rows("vault before", broker.vaultPid()));
            while (clients.size() <= connections) {
                clients.add(Sockets.connectTcp(address));
            }
            server.say("hold " + connections);
            server.hear();
            rows.addAll(rows("server with all of them", server.pid()));
            park(server, connections);
            rows.addAll(rows("server after parking", server.pid()));
            rows.addAll(rows("broker after", broker.pid()));
            rows.addAll(rows("vault after", broker.vaultPid()));
            return rows;
        } finally {
            clients.forEach(OwnedFd::close);
        }
    }

    private static void park(JavaProgram server, int count) throws IOException {
        server.say("hold " + count);
        server.hear();
        server.say("park " + count);
        server.hear();
    }

    private static List<Measured> rows(String name, long pid) throws IOException {
        long resident = ProcessFigures.residentBytes(pid);
        return List.of(
                Measured.of(Role.OURS, name, resident),
                Measured.of(Role.PART, "  live heap, " + name, ProcessFigures.liveHeapBytes(pid)));
    }
}
