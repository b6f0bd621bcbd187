package io.socketbroker.cli;

import io.socketbroker.client.CustodyReport;
import io.socketbroker.v1.CustodyEntry;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is held, and by whom. */
@Command(
        name = "custody",
        mixinStandardHelpOptions = true,
        description =
                "Shows what is held, and by whom: broker, custody and journal side by side. Exits with 1 if one of them"
                        + " lacks what it should have, or is away.")
final class CustodyCommand implements Callable<Integer> {

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Option(names = "--differences", description = "Only sockets that one of them should have and has not.")
    private boolean differencesOnly;

    @Override
    public Integer call() {
        CustodyReport report;
        try (var client = broker.connect()) {
            report = client.custody(differencesOnly);
        }
        if (output.isJson()) {
            output.json(report.message());
        } else {
            print(report);
        }
        return report.differences() == 0 && report.troubles().isEmpty() ? ExitCode.OK : ExitCode.REFUSED;
    }

    private void print(CustodyReport report) {
        var message = report.message();
        var table = Table.withTitles("SOCKET", "COOKIE", "BROKER", "CUSTODY", "JOURNAL");
        report.entries()
                .forEach(entry -> table.row(
                        name(entry),
                        Long.toUnsignedString(entry.getCookie()),
                        mark(entry.getInBroker()),
                        mark(entry.getInCustody()),
                        mark(entry.getInJournal())));
        if (!report.entries().isEmpty()) {
            output.table(table);
        }
        output.line("broker: " + message.getBrokerSockets() + " sockets");
        output.line("custody (" + message.getCustody()
                + (message.getCustodyPid() == 0 ? "" : ", pid " + message.getCustodyPid()) + "): "
                + message.getCustodySockets() + " sockets");
        output.line("journal (" + (message.getJournalOnDisk() ? "on disk" : "in memory") + "): "
                + message.getJournalRecords() + " records");
        output.line("differences: " + report.differences());
        report.troubles().forEach(output::line);
    }

    private static String name(CustodyEntry entry) {
        return entry.hasKey() ? entry.getKey().getApp() + "/" + entry.getKey().getSocketId() : "(nobody's)";
    }

    private static String mark(boolean has) {
        return has ? "yes" : "-";
    }
}
