package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Fd;
import io.socketbroker.linux.Io;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TransferItem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A daemon with one attached program, whose every wake is counted. Not thread-safe. */
final class GuardedBroker implements AutoCloseable {
    private static final String TASK = "guarded";
    private static final int CREDIT = 10_000;
    private static final int BATCH = 250;

    /** Where a daemon keeps what it has. */
    enum Keeping {
        IN_MEMORY,
        JOURNAL_AND_VAULT
    }

    private final Path home;
    private final BrokerProcess process;
    private final Deque<Runnable> closings = new ArrayDeque<>();
    private final ProtocolClient client;
    private final AttachedSession session;
    private final Link link;
    private int parked;

    GuardedBroker(Keeping keeping) throws IOException {
        home = BrokerProcess.newHome();
        process = keeping == Keeping.IN_MEMORY ? BrokerProcess.startIn(home) : BrokerProcess.startKeeping(home);
        client = new ProtocolClient(process.runtimeDirectory());
        closings.push(client::close);
        client.register(TASK, TaskSpec.getDefaultInstance());
        link = Link.tcp();
        closings.push(link::close);
        client.park(link.mine(), TASK, "woken");
        session = AttachedSession.to(process.runtimeDirectory(), TASK, CREDIT);
        closings.push(session::close);
    }

    int pid() {
        return process.pid();
    }

    /** Of the vault; none if this daemon has none. */
    List<Integer> vaultPids() {
        return KeptBroker.vaultsOf(home).stream()
                .map(vault -> Math.toIntExact(vault.pid()))
                .toList();
    }

    /** Of all processes. */
    List<Integer> pids() {
        List<Integer> pids = new ArrayList<>(vaultPids());
        pids.add(pid());
        return pids;
    }

    Path home() {
        return home;
    }

    /** One after the other, each given back by Complete on fd.sock. All of them together have a session's credit. */
    void wake(int times) {
        byte[] received = new byte[1];
        for (int i = 0; i < times; i++) {
            link.peer().send("x");
            try (FdConnection.Answer delivery = session.delivery()) {
                assertThat(Io.read(delivery.descriptors().getFirst().fd(), received))
                        .isOne();
                session.giveBack(delivery.frame().getDelivery());
            }
        }
    }

    /** Silent connections beside the one that wakes. */
    void park(int count) {
        for (int left = count; left > 0; left -= BATCH) {
            List<OwnedFd> given = new ArrayList<>();
            List<TransferItem> items = new ArrayList<>();
            for (int i = 0; i < Math.min(left, BATCH); i++) {
                Link silent = Link.unix(Sockets.SOCK_STREAM);
                closings.push(silent::close);
                given.add(silent.mine());
                items.add(ProtocolClient.item(TASK, "silent" + parked++).build());
            }
            List<Fd> descriptors = given.stream().map(OwnedFd::fd).toList();
            client.transfer(descriptors, items);
            given.forEach(OwnedFd::close);
        }
    }

    @Override
    public void close() throws IOException {
        closings.forEach(Runnable::run);
        process.close();
        for (ProcessHandle vault : KeptBroker.vaultsOf(home)) {
            vault.destroyForcibly();
            vault.onExit().join();
        }
        BrokerProcess.delete(home);
    }
}
