package io.socketbroker.daemon.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OpenDescriptors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotifySocketTest {
    private static final int MOST_QUEUED = 1_000_000;

    @TempDir
    private Path folder;

    private SortedMap<Integer, String> descriptors = OpenDescriptors.ofThisProcess();

    @BeforeEach
    void count() {
        descriptors = sockets();
    }

    @AfterEach
    void shouldLeaveNoDescriptor() {
        assertThat(sockets()).isEqualTo(descriptors);
    }

    private static SortedMap<Integer, String> sockets() {
        SortedMap<Integer, String> open = OpenDescriptors.ofThisProcess();
        open.values().removeIf(target -> !target.startsWith("socket:"));
        return open;
    }

    private String path() {
        return folder.resolve("notify").toString();
    }

    private static NotifySocket open(ListeningManager manager) {
        return NotifySocket.of(manager.environment()).orElseThrow();
    }

    @Test
    void shouldReachAManagerAtAPath() {
        try (ListeningManager manager = new ListeningManager(path());
                NotifySocket socket = open(manager)) {
            assertThat(socket.send("READY=1\nSTATUS=gr\u00fc\u00dfe")).isTrue();
            assertThat(socket.sendPatiently("STOPPING=1")).isTrue();
            assertThat(manager.next()).isEqualTo("READY=1\nSTATUS=gr\u00fc\u00dfe");
            assertThat(manager.next()).isEqualTo("STOPPING=1");
        }
    }

    @Test
    void shouldReachAManagerAtAnAbstractName() {
        try (ListeningManager manager = new ListeningManager("@socketbroker-test/" + folder);
                NotifySocket socket = open(manager)) {
            socket.send("READY=1");
            assertThat(manager.next()).isEqualTo("READY=1");
        }
    }

    @Test
    void shouldBeAbsentWithoutAManager() {
        assertThat(NotifySocket.of(Map.of())).isEmpty();
        assertThat(NotifySocket.of(Map.of("NOTIFY_SOCKET", ""))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vsock:2:1234", "notify", "@"})
    void shouldRefuseOtherAddresses(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NotifySocket.of(Map.of("NOTIFY_SOCKET", address)))
                .withMessageContaining("NOTIFY_SOCKET=" + address);
    }

    @Test
    void shouldReachTheSuccessorOfAManager() throws Exception {
        try (NotifySocket socket =
                NotifySocket.of(Map.of("NOTIFY_SOCKET", path())).orElseThrow()) {
            refused(socket, "ENOENT");
            try (ListeningManager first = new ListeningManager(path())) {
                socket.send("WATCHDOG=1");
                assertThat(first.next()).isEqualTo("WATCHDOG=1");
            }
            refused(socket, "ECONNREFUSED");
            Files.delete(Path.of(path()));
            try (ListeningManager second = new ListeningManager(path())) {
                socket.send("WATCHDOG=1");
                assertThat(second.next()).isEqualTo("WATCHDOG=1");
            }
        }
    }

    private static void refused(NotifySocket socket, String errno) {
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> socket.send("WATCHDOG=1"))
                .satisfies(e -> assertThat(e.errnoName()).isEqualTo(errno));
    }

    /** Its queue has a bound (net.unix.max_dgram_qlen of unix(7)). */
    @Test
    void shouldNotWaitForABusyManagerUnlessAskedTo() throws Exception {
        try (ListeningManager manager = new ListeningManager(path());
                NotifySocket socket = open(manager)) {
            int sent = 0;
            while (sent < MOST_QUEUED && socket.send("STATUS=" + sent)) {
                sent++;
            }
            assertThat(sent).isBetween(1, MOST_QUEUED - 1);
            CompletableFuture<Boolean> patient =
                    CompletableFuture.supplyAsync(() -> socket.sendPatiently("STOPPING=1"));
            for (int i = 0; i < sent; i++) {
                assertThat(manager.next()).isEqualTo("STATUS=" + i);
            }
            assertThat(manager.next()).isEqualTo("STOPPING=1");
            assertThat(patient.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
