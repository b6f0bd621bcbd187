package io.socketbroker.daemon.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.supervisor.InheritedDescriptors.Inherited;
import io.socketbroker.daemon.vault.Entry;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Pipes;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.ErrorReason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SystemdCustodyTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration BARRIER_TIMEOUT = Duration.ofMillis(800);

    @TempDir
    private Path folder;

    private int before;
    private FakeServiceManager manager;

    @BeforeEach
    void startTheManager() {
        before = OwnedFd.openCount();
        manager = new FakeServiceManager(folder.resolve("notify"));
    }

    @AfterEach
    void shouldLeaveNoDescriptor() {
        manager.close();
        assertThat(OwnedFd.openCount()).isEqualTo(before);
    }

    private SystemdCustody custody(Map<String, String> more, List<Inherited> given) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("NOTIFY_SOCKET", folder.resolve("notify").toString());
        return new SystemdCustody(environment, given, SystemdCustody.DEFAULT_MOST_SOCKETS, BARRIER_TIMEOUT);
    }

    private CustodyHarness broker() throws IOException {
        return CustodyHarness.start(custody(Map.of(), List.of()));
    }

    private static List<OwnedFd> sockets(int count) {
        List<OwnedFd> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(Sockets.open(Sockets.AF_INET, Sockets.SOCK_STREAM, 0));
        }
        return made;
    }

    private static String name(int slot, OwnedFd descriptor) {
        return StoredName.of(new Entry(slot, SocketOptions.cookie(descriptor.fd())));
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

    @Test
    void shouldStoreUnderUniqueNamesAndRemove() throws IOException {
        List<OwnedFd> three = sockets(3);
        List<String> names = List.of(name(0, three.get(0)), name(1, three.get(1)), name(2, three.get(2)));
        try (CustodyHarness broker = broker()) {
            broker.putSafely(0, three);
            assertThat(manager.names()).isEqualTo(names);
            assertThat(names).allMatch(name -> name.matches("sb-[0-9]+-[0-9a-f]+"));
            broker.drop(1);
            await().atMost(SOON).until(() -> manager.names().size() == 2);
            assertThat(manager.names()).containsExactly(names.get(0), names.get(2));
            String stored = "FDSTORE FDPOLL FDNAME";
            assertThat(manager.messages()).containsExactly(stored, stored, stored, "BARRIER", "FDSTOREREMOVE FDNAME");
        }
        assertThat(manager.names()).as("the broker's end changes nothing").hasSize(2);
    }

    @Test
    void shouldNotSayThatASocketIsSafeBeforeTheManagerHasIt() throws IOException {
        try (CustodyHarness broker = broker()) {
            manager.pause();
            CompletableFuture<Void> one = broker.put(0, sockets(1));
            // More than the manager's queue takes.
            CompletableFuture<Void> many = broker.put(1, sockets(100));
            broker.drop(50);
            assertThat(one).isNotDone();
            assertThat(many).isNotDone();
            manager.resume();
            assertThat(one).succeedsWithin(SOON);
            assertThat(many).succeedsWithin(SOON);
            await().atMost(SOON).until(() -> manager.names().size() == 100);
        }
    }

    @Test
    void shouldRefuseWhenTheManagerDoesNotAnswer() throws IOException {
        try (CustodyHarness broker = broker()) {
            manager.pause();
            assertRefused(broker.put(0, sockets(1)), ErrorReason.ERROR_REASON_STORE_UNAVAILABLE);
            broker.drop(0);
            manager.resume();
            broker.putSafely(0, sockets(1));
            assertThat(manager.names()).hasSize(1);
        }
    }

    @Test
    void shouldKeepToTheLowerOfBothCaps() throws IOException {
        try (CustodyHarness broker = CustodyHarness.start(custody(Map.of("FDSTORE", "10"), List.of()))) {
            broker.putSafely(0, sockets(10));
            assertRefused(broker.put(10, sockets(1)), ErrorReason.ERROR_REASON_LIMIT_REACHED);
            broker.drop(10);
            broker.drop(3);
            broker.putSafely(3, sockets(1));
            assertThat(manager.names()).hasSize(10);
        }
    }

    @Test
    void shouldLetGoOfTheFormerNameOfASocketAndOfTheFormerSocketOfASlot() throws IOException {
        SystemdCustody custody = custody(Map.of(), List.of());
        List<OwnedFd> two = sockets(2);
        try (CustodyHarness broker = CustodyHarness.start(custody)) {
            broker.putSafely(0, two);
            Held moved = CustodyHarness.held(1, two.getFirst());
            assertThat(broker.call(() -> custody.put(List.of(moved)).toCompletableFuture()))
                    .succeedsWithin(SOON);
            assertThat(manager.names()).containsExactly(name(1, two.getFirst()));
        }
    }

    @Test
    void shouldEndPutsWhenTheBrokerStops() throws IOException {
        CompletableFuture<Void> underWay;
        try (CustodyHarness broker = broker()) {
            manager.pause();
            underWay = broker.put(0, sockets(40));
        }
        assertRefused(underWay, ErrorReason.ERROR_REASON_STOPPING);
    }

    @Test
    void shouldTakeBackWhatItStored() throws IOException {
        List<OwnedFd> two = sockets(2);
        try (CustodyHarness broker = broker()) {
            broker.putSafely(7, two);
        }
        List<Inherited> given = new ArrayList<>();
        manager.handOver().forEach((name, descriptor) -> given.add(new Inherited(name, descriptor)));
        assertThat(given).hasSize(2).allMatch(inherited -> SystemdCustody.isStored(inherited.name()));
        try (CustodyHarness broker = CustodyHarness.start(custody(Map.of(), given))) {
            assertThat(broker.expected())
                    .extracting(held -> held.slot().index())
                    .containsExactly(7, 8);
            broker.drop(7);
            await().atMost(SOON).until(() -> manager.messages().getLast().equals("FDSTOREREMOVE FDNAME"));
            broker.putSafely(7, sockets(1));
        }
    }

    @Test
    void shouldLeaveOutWhatIsNotWhatItsNameSays() throws IOException {
        OwnedFd right = sockets(1).getFirst();
        Entry entry = new Entry(7, SocketOptions.cookie(right.fd()));
        String cookie = Long.toHexString(entry.cookie());
        List<Inherited> given = new ArrayList<>(List.of(new Inherited(StoredName.of(entry), right)));
        given.add(new Inherited("sb-8-" + cookie, right.duplicate()));
        given.add(new Inherited("sb-7-" + cookie, right.duplicate()));
        given.add(new Inherited("sb-9-123abc", right.duplicate()));
        try (Pipes.Pipe pipe = Pipes.create()) {
            given.add(new Inherited("sb-10-1", pipe.readEnd().duplicate()));
        }
        SystemdCustody custody = custody(Map.of(), given);
        Recovery recovery = custody.recover();
        assertThat(recovery.sockets())
                .extracting(socket -> socket.slot().index())
                .containsExactly(7);
        assertThat(recovery.problems()).hasSize(4);
        try (CustodyHarness _ = CustodyHarness.start(custody, recovery)) {
            await().atMost(SOON).until(() -> manager.messages().size() == 4);
            assertThat(manager.messages()).containsOnly("FDSTOREREMOVE FDNAME");
        }
    }

    @Test
    void shouldKnowItsOwnNamesOnly() {
        for (String name : List.of("", "unknown", "socketbroker", "sb-", "sb-1", "sb-1-", "sb-1-xyz", "sb--1-1")) {
            assertThat(SystemdCustody.isStored(name)).as(name).isFalse();
        }
        assertThat(SystemdCustody.isStored("sb-1048575-ffffffffffffffff")).isTrue();
        assertThat(SystemdCustody.isStored("sb-1048576-1")).isFalse();
    }

    @Test
    void shouldSayWhatIsMissing() {
        assertRefusesToStart(new SystemdCustody(Map.of(), List.of(), 256), "NOTIFY_SOCKET");
        assertRefusesToStart(custody(Map.of("FDSTORE", "0"), List.of()), "FileDescriptorStoreMax=");
        assertRefusesToStart(
                new SystemdCustody(Map.of("NOTIFY_SOCKET", "vsock:2:9"), List.of(), 256), "neither a path");
    }

    private static void assertRefusesToStart(SystemdCustody custody, String why) {
        try (custody) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(custody::recover)
                    .withMessageContaining(why);
        }
    }
}
