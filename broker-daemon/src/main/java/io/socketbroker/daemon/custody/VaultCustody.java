package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.core.InCustody;
import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.faults.FailPoint;
import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.daemon.vault.Entry;
import io.socketbroker.daemon.vault.Frame;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.OwnedFd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Custody with a vault: a process that outlives the broker.
 *
 * <p>A put is sent within the call; when the vault is too busy, duplicates wait in a bounded queue and leave in larger
 * pieces. When the vault or its connection is lost, everything is offered again through the {@link Refill}, and puts that
 * were under way complete after it. Drops are remembered across that and come first, so that nothing is held for ever.
 */
public final class VaultCustody implements Custody {
    private static final int MOST_RECOVERY_ATTEMPTS = 3;

    private final VaultSettings settings;
    private final VaultConnector connector;
    private final DescriptorChannel channel = new DescriptorChannel(Frame.MOST_BYTES);
    private @Nullable OwnedFd connection;
    private List<Entry> rejected = List.of();
    private boolean emptied;
    private @Nullable VaultConductor conductor;

    /**
     * Custody with the vault of a socket; connects to nothing yet.
     *
     * @param socket absolute path
     * @param starter used when nobody serves there; closed with this object
     */
    public VaultCustody(Path socket, VaultStarter starter, VaultSettings settings) {
        this.settings = settings;
        this.connector = new VaultConnector(socket, starter, settings.answerTimeout());
    }

    @Override
    public String name() {
        return "vault";
    }

    @Override
    public Recovery recover() throws IOException {
        closeConnection();
        try (VaultRecovery recovery = new VaultRecovery(channel)) {
            OwnedFd attempted = connector.connect();
            for (int attempt = 1; ; attempt++) {
                try {
                    recovery.run(attempted.fd());
                    connection = attempted;
                    rejected = recovery.rejected();
                    FailPoint.RECOVERY_DESCRIPTORS_TAKEN.pass();
                    return recovery.result();
                } catch (IOException e) {
                    attempted.close();
                    recovery.problem("the vault on " + connector.socket() + " broke off: " + e.getMessage());
                    // What came so far may be with the broker alone now.
                    emptied = true;
                    if (attempt == MOST_RECOVERY_ATTEMPTS) {
                        throw new IOException(
                                "the vault on " + connector.socket() + " does not give back what it holds: "
                                        + e.getMessage() + "; end it to start without it",
                                e);
                    }
                }
                try {
                    attempted = connector.connect();
                } catch (IOException e) {
                    // Its end is the end of what it did not give yet; the rest is worth more than a refusal to start.
                    recovery.problem(String.valueOf(e.getMessage()));
                    return recovery.result();
                }
            }
        }
    }

    @Override
    public void serve(EventLoop loop, Refill refill) {
        VaultConductor serving = new VaultConductor(loop, refill, connector, channel, settings);
        conductor = serving;
        OwnedFd recovered = connection;
        connection = null;
        loop.submit(() -> serving.begin(recovered, rejected, emptied));
    }

    private VaultConductor conductor() {
        if (conductor == null) {
            throw new IllegalStateException("custody does not serve yet");
        }
        return conductor;
    }

    @Override
    public CompletionStage<Void> put(List<Held> sockets) {
        return conductor().put(sockets);
    }

    @Override
    public void drop(Slot slot, long cookie) {
        conductor().drop(new Entry(slot.index(), cookie));
    }

    @Override
    public CompletionStage<List<InCustody>> inventory() {
        return conductor()
                .inventory()
                .thenApply(entries -> entries.stream()
                        .map(entry -> new InCustody(new Slot(entry.slot()), entry.cookie()))
                        .toList());
    }

    @Override
    public int holderPid() {
        return conductor().vaultPid();
    }

    @Override
    public boolean isWhole() {
        return conductor().isWhole();
    }

    @Override
    public void close() {
        closeConnection();
        if (conductor == null) {
            connector.close();
        } else {
            conductor.close();
        }
        channel.close();
    }

    private void closeConnection() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }
}
