package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.linux.OpenDescriptors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A broker with journal and vault that a test kills, or has die at a fail point, and starts again as a service manager
 * would. Not thread-safe.
 */
final class KeptBroker implements AutoCloseable {
    /** SIGKILL, as the exit status of a process that it ended. */
    private static final int KILLED = 128 + 9;

    /** vault.sock, and the broker's connection. */
    private static final int OWN_SOCKETS_OF_VAULT = 2;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path home;
    private final String[] wrapper;
    private final int ownSockets;
    private BrokerProcess broker;

    /**
     * Starts it in a folder of its own.
     *
     * @param outerWrapper the start of its command line, such as prlimit(1) with its options
     */
    KeptBroker(String... outerWrapper) throws IOException {
        this(BrokerProcess.newHome(), outerWrapper);
    }

    private KeptBroker(Path home, String... outerWrapper) throws IOException {
        this.home = home;
        List<String> command = new ArrayList<>(List.of(outerWrapper));
        command.addAll(List.of(
                "env",
                "JDK_JAVA_OPTIONS=-Dsocketbroker.failpoint=@" + failPoint("broker")
                        + " -Dsocketbroker.vault.failpoint=@" + failPoint("vault")));
        wrapper = command.toArray(String[]::new);
        broker = BrokerProcess.startKeeping(home, wrapper);
        ownSockets = sockets(broker.pid()).size();
    }

    /** With its state in another folder, which is made by the wrapper. */
    static KeptBroker withState(Path state, String... outerWrapper) throws IOException {
        Path home = BrokerProcess.newHome();
        Files.createSymbolicLink(home.resolve("state"), state);
        return new KeptBroker(home, outerWrapper);
    }

    private Path failPoint(String process) {
        return home.resolve(process + ".failpoint");
    }

    Path home() {
        return home;
    }

    Path runtimeDirectory() {
        return broker.runtimeDirectory();
    }

    BrokerProcess process() {
        return broker;
    }

    ProtocolClient client() {
        return new ProtocolClient(runtimeDirectory());
    }

    /** From now on the process "broker" or "vault" dies at a point, see FailSwitch for its name. */
    void arm(String process, String point) throws IOException {
        Path written = Files.writeString(home.resolve("failpoint.new"), point);
        Files.move(written, failPoint(process), StandardCopyOption.ATOMIC_MOVE);
    }

    void awaitReached(String process, String point) {
        await("the " + process + " reaches " + point)
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(failPoint(process)).doesNotExist());
    }

    /** It has died by its fail point. */
    void awaitDeath(String point) throws InterruptedException {
        awaitReached("broker", point);
        assertThat(broker.exitStatus()).isEqualTo(KILLED);
        assertThat(broker.log().complete()).contains("socketbroker: dies at " + point.replaceFirst(":.*", ""));
    }

    /** Whatever a test left: nothing is armed, and it serves. */
    void revive() throws IOException, InterruptedException {
        boolean dies = Files.deleteIfExists(failPoint("broker")) || Files.deleteIfExists(failPoint("vault"));
        if (dies || !broker.isAlive()) {
            kill();
            restart();
        }
    }

    void kill() throws InterruptedException {
        broker.kill();
    }

    void restart() throws IOException {
        broker = BrokerProcess.startKeeping(home, wrapper);
    }

    /** Starts it and waits for nothing. */
    void launch() throws IOException {
        broker = BrokerProcess.launchKeeping(home, wrapper);
    }

    /** The vault goes on without its broker: it is found by its command line. */
    List<ProcessHandle> vaults() {
        return vaultsOf(home);
    }

    /** The same of any broker. */
    static List<ProcessHandle> vaultsOf(Path home) {
        String socket = home.resolve("r/vault.sock").toString();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .map(List::of)
                        .orElse(List.of())
                        .contains(socket))
                .toList();
    }

    private static List<String> sockets(long pid) {
        try {
            return OpenDescriptors.of(Math.toIntExact(pid)).values().stream()
                    .filter(target -> target.startsWith("socket:"))
                    .toList();
        } catch (UncheckedIOException e) {
            throw new AssertionError("process " + pid + " is gone", e);
        }
    }

    /** Of the only one; one that dies meanwhile is a failed assertion, too. */
    private List<String> socketsOfVault() {
        List<ProcessHandle> vaults = vaults();
        assertThat(vaults).hasSize(1);
        return sockets(vaults.getFirst().pid());
    }

    /**
     * Broker and vault have exactly the same sockets, each once, as many as the broker shows, and nothing else but their
     * own. Nobody else may be connected to either.
     */
    void expectNothingLeaked(int brokered) {
        await("what is open").atMost(PATIENCE).untilAsserted(() -> {
            List<String> ofVault = socketsOfVault();
            List<String> ofBroker = sockets(broker.pid());
            assertThat(ofVault).doesNotHaveDuplicates().hasSize(brokered + OWN_SOCKETS_OF_VAULT);
            // Its own listeners it has twice: for its servers, and for a next version of itself.
            assertThat(ofBroker).hasSize(brokered + ownSockets);
            assertThat(ofBroker.stream().filter(ofVault::contains)).hasSize(brokered);
        });
    }

    /** Whether it has said that it serves; it has all its sockets then. */
    boolean serves() {
        if (!broker.isAlive()) {
            throw new AssertionError("the daemon ended:\n" + broker.log());
        }
        return broker.log().contains("socketbroker: serving on ");
    }

    /** Whether there is a vault that has as many sockets. */
    boolean vaultHolds(int brokered) {
        List<ProcessHandle> vaults = vaults();
        return vaults.size() == 1 && holds(vaults.getFirst(), brokered);
    }

    private static boolean holds(ProcessHandle vault, int brokered) {
        try {
            return sockets(vault.pid()).size() == brokered + OWN_SOCKETS_OF_VAULT;
        } catch (AssertionError e) {
            return false;
        }
    }

    /** As many sockets are in both of them. */
    void expectHeldByBoth(int brokered) {
        List<String> ofVault = socketsOfVault();
        assertThat(ofVault).hasSize(brokered + OWN_SOCKETS_OF_VAULT);
        assertThat(sockets(broker.pid()).stream().filter(ofVault::contains)).hasSize(brokered);
    }

    /** Ends both, whatever their state. */
    @Override
    public void close() throws IOException {
        broker.close();
        for (ProcessHandle vault : vaults()) {
            vault.destroyForcibly();
            vault.onExit().join();
        }
        BrokerProcess.delete(home);
    }
}
