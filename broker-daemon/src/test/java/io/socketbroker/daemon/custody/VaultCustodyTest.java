package io.socketbroker.daemon.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.ResourceLimits;
import io.socketbroker.linux.Signals;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.ErrorReason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a vault that somebody else started, as a service manager does. */
@Timeout(120)
class VaultCustodyTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final VaultSettings IMPATIENT =
            new VaultSettings(Duration.ofMillis(500), Duration.ofMillis(500), Duration.ofMillis(200), 300);

    @TempDir
    private Path folder;

    private ChildVault vault;
    private final int before = OwnedFd.openCount();

    @BeforeEach
    void startTheVault() throws IOException {
        vault = ChildVault.start(folder.resolve("vault.sock"));
    }

    @AfterEach
    void shouldLeaveNoDescriptor() {
        vault.close();
        assertThat(OwnedFd.openCount()).isEqualTo(before);
    }

    private CustodyHarness broker(VaultSettings settings) throws IOException {
        return CustodyHarness.start(new VaultCustody(vault.socket(), new NoStarter(), settings));
    }

    private static List<OwnedFd> sockets(int count) {
        List<OwnedFd> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(Sockets.open(Sockets.AF_INET, Sockets.SOCK_STREAM, 0));
        }
        return made;
    }

    private static void assertRefused(CompletableFuture<Void> put, ErrorReason reason) {
        assertThat(put)
                .failsWithin(SOON)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOfSatisfying(
                        BrokerRefusal.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(reason));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 253, 254, 5_000})
    void shouldPutListAndGiveBack(int count) throws IOException {
        List<Recovered> recovered;
        try (CustodyHarness broker = broker(VaultSettings.DEFAULT)) {
            broker.putSafely(0, sockets(count));
            broker.awaitWhole();
        }
        VaultCustody successor = new VaultCustody(vault.socket(), new NoStarter(), VaultSettings.DEFAULT);
        Recovery recovery = successor.recover();
        recovered = recovery.sockets();
        assertThat(recovery.problems()).isEmpty();
        assertThat(recovered)
                .extracting(socket -> socket.slot().index())
                .doesNotHaveDuplicates()
                .hasSize(count);
        try (CustodyHarness broker = CustodyHarness.start(successor, recovery)) {
            broker.awaitWhole();
            broker.drop(count - 1);
            broker.putSafely(count - 1, sockets(1));
            broker.awaitWhole();
        }
    }

    @Test
    void shouldDropAfterThePutOfTheSameSlot() throws IOException {
        try (CustodyHarness broker = broker(VaultSettings.DEFAULT)) {
            List<CompletableFuture<Void>> puts = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                puts.add(broker.put(0, sockets(1)));
                broker.drop(0);
            }
            assertThat(puts).allSatisfy(put -> assertThat(put).succeedsWithin(SOON));
            broker.putSafely(0, sockets(1));
            broker.awaitWhole();
        }
    }

    @Test
    void shouldQueueWhileTheVaultIsBusyAndRefuseBeyondTheBound() throws IOException {
        try (CustodyHarness broker = broker(VaultSettings.DEFAULT)) {
            broker.putSafely(0, sockets(1));
            vault.stop();
            List<CompletableFuture<Void>> puts = new ArrayList<>();
            int slot = 1;
            do {
                puts.add(broker.put(slot, sockets(100)));
                slot += 100;
            } while (!puts.getLast().isCompletedExceptionally() && slot < 19_000);
            assertRefused(puts.removeLast(), ErrorReason.ERROR_REASON_LIMIT_REACHED);
            for (int refused = slot - 100; refused < slot; refused++) {
                broker.drop(refused);
            }
            assertThat(puts).as("bounded").hasSizeBetween(11, 170).noneMatch(CompletableFuture::isDone);
            broker.drop(0);
            broker.drop(1);
            vault.signal(Signals.SIGCONT);
            assertThat(puts).allSatisfy(put -> assertThat(put).succeedsWithin(SOON));
            broker.awaitWhole();
        }
    }

    @Test
    void shouldRefuseSoonWhenTheVaultHangsAndHealByItself() throws IOException {
        try (CustodyHarness broker = broker(IMPATIENT)) {
            broker.putSafely(0, sockets(3));
            vault.stop();
            CompletableFuture<Void> underWay = broker.put(3, sockets(1));
            assertRefused(underWay, ErrorReason.ERROR_REASON_STORE_UNAVAILABLE);
            broker.drop(3);
            assertRefused(broker.put(3, sockets(1)), ErrorReason.ERROR_REASON_STORE_UNAVAILABLE);
            broker.drop(3);
            broker.drop(1);
            vault.signal(Signals.SIGCONT);
            broker.awaitWhole();
            broker.putSafely(3, sockets(1));
            broker.awaitWhole();
        }
    }

    @Test
    void shouldFillAVaultThatStartsAnew() throws IOException, InterruptedException {
        try (CustodyHarness broker = broker(VaultSettings.DEFAULT)) {
            broker.putSafely(0, sockets(600));
            vault.kill();
            CompletableFuture<Void> meanwhile = broker.put(600, sockets(2));
            broker.drop(600);
            broker.drop(5);
            assertThat(meanwhile).isNotDone();
            vault.close();
            vault = ChildVault.start(vault.socket());
            assertThat(meanwhile).succeedsWithin(SOON);
            broker.awaitWhole();
        }
    }

    @Test
    void shouldComeBackWhenAnotherTookTheVaultOver() throws IOException {
        try (CustodyHarness broker = broker(VaultSettings.DEFAULT)) {
            broker.putSafely(0, sockets(10));
            // The broker comes back at once, so the intruder has no time for a second question.
            RawClient.open(vault.socket()).close();
            broker.drop(4);
            broker.putSafely(10, sockets(1));
            broker.awaitWhole();
        }
    }

    @Test
    void shouldSayThatTheVaultIsFullAndGoOnWhenItIsNotAnyMore() throws IOException {
        vault.close();
        vault = ChildVault.start(folder.resolve("small.sock"), List.of("prlimit", "--nofile=120:4000"));
        // It raises its own limit at its start.
        ResourceLimits.setOpenFilesOf(vault.pid(), 120, 4_000);
        try (CustodyHarness broker = broker(IMPATIENT)) {
            broker.putSafely(0, sockets(50));
            CompletableFuture<Void> tooMany = broker.put(50, sockets(100));
            assertRefused(tooMany, ErrorReason.ERROR_REASON_DESCRIPTORS_EXHAUSTED);
            assertThat(tooMany.exceptionNow()).hasMessageContaining("from 120");
            for (int slot = 50; slot < 150; slot++) {
                broker.drop(slot);
            }
            broker.awaitWhole();
            ResourceLimits.setOpenFilesOf(vault.pid(), 4_000, 4_000);
            broker.putSafely(50, sockets(100));
            broker.awaitWhole();
        }
    }

    @Test
    void shouldOfferAgainWhatAFullVaultRefused() throws IOException, InterruptedException {
        try (CustodyHarness broker = broker(IMPATIENT)) {
            broker.putSafely(0, sockets(253));
            broker.putSafely(253, sockets(30));
            vault.kill();
            vault.close();
            // Room for all but some: the second piece does not fit.
            vault = ChildVault.start(vault.socket(), List.of("prlimit", "--nofile=300:300"));
            await().atMost(SOON).untilAsserted(() -> {
                try (RawClient client = RawClient.connect(vault.socket())) {
                    assertThat(client.count()).isEqualTo(253);
                }
            });
            for (int slot = 0; slot < 50; slot++) {
                broker.drop(slot);
            }
            broker.awaitWhole();
        }
    }

    @Test
    void shouldReportWhatDoesNotFitIntoItsOwnLimit() throws IOException {
        try (CustodyHarness broker = broker(VaultSettings.DEFAULT)) {
            broker.putSafely(0, sockets(200));
        }
        VaultCustody successor = new VaultCustody(vault.socket(), new NoStarter(), VaultSettings.DEFAULT);
        // Once without a limit, since a class file is a descriptor, too.
        successor.recover().sockets().forEach(socket -> socket.descriptor().close());
        ResourceLimits.Limit limit = ResourceLimits.openFiles();
        Recovery recovery;
        try (OwnedFd lowestFree = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_STREAM, 0)) {
            ResourceLimits.setOpenFiles(lowestFree.number() + 100, limit.hard());
            recovery = successor.recover();
        } finally {
            ResourceLimits.setOpenFiles(limit.soft(), limit.hard());
        }
        recovery.sockets().forEach(socket -> socket.descriptor().close());
        assertThat(recovery.sockets()).hasSizeBetween(50, 120);
        assertThat(recovery.problems())
                .singleElement()
                .asString()
                .startsWith((200 - recovery.sockets().size()) + " sockets did not fit");
        successor.close();
        try (RawClient client = RawClient.connect(vault.socket())) {
            assertThat(client.count()).as("they are in the vault").isEqualTo(200);
        }
    }

    @Test
    void shouldEndPutsWhenTheBrokerStops() throws IOException, InterruptedException {
        CompletableFuture<Void> underWay;
        try (CustodyHarness broker = broker(VaultSettings.DEFAULT)) {
            vault.kill();
            underWay = broker.put(0, sockets(1));
        }
        assertRefused(underWay, ErrorReason.ERROR_REASON_STOPPING);
    }
}
