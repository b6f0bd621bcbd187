package io.socketbroker.daemon.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OpenDescriptors;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.RouteSocket;
import io.socketbroker.linux.Sockets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NetworkMonitorTest {
    private final Map<Integer, String> before = descriptors();
    private final EventLoop loop = new EventLoop();
    private final List<Long> reportNanos = new CopyOnWriteArrayList<>();

    @TempDir
    Path directory;

    @AfterEach
    void shouldLeaveNoDescriptor() {
        loop.close();
        await().untilAsserted(() -> assertThat(descriptors()).isEqualTo(before));
    }

    /** Without files, some of which the JVM opens for itself. */
    private static Map<Integer, String> descriptors() {
        Map<Integer, String> open = new TreeMap<>(OpenDescriptors.ofThisProcess());
        open.values().removeIf(target -> target.startsWith("/"));
        return open;
    }

    private void networkChanged() {
        reportNanos.add(loop.isCurrentThread() ? loop.nowNanos() : -1);
    }

    private void whileRunning(NetworkMonitor monitor, Steps steps) throws Exception {
        Thread thread = Thread.ofPlatform().start(loop::run);
        try {
            steps.run();
        } finally {
            loop.submit(monitor::close);
            loop.stop();
            thread.join();
        }
    }

    private interface Steps {
        void run() throws Exception;
    }

    @Test
    void shouldReportChangesAtMostOnceASecondAndTheLast() throws Exception {
        try (PrivateNetwork network = PrivateNetwork.create(directory)) {
            NetworkMonitor monitor = new NetworkMonitor(loop, this::networkChanged, network.takeRouteSocket());
            whileRunning(monitor, () -> {
                await().during(Duration.ofMillis(200)).until(reportNanos::isEmpty);
                network.ip("link set lo up");
                await().until(() -> reportNanos.size() == 1);
                for (int i = 0; i < 20; i++) {
                    network.ip("addr add 192.0.2." + i + "/32 dev lo");
                }
                await().atMost(Duration.ofSeconds(10)).until(() -> reportNanos.size() >= 2);
                network.ip("route add default dev lo");
                await().during(Duration.ofMillis(1_500))
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> reportNanos.getLast() < loop.nowNanos() - ReportPace.INTERVAL_NANOS);
            });
            assertThat(reportNanos).doesNotContain(-1L).hasSizeBetween(3, 6);
            for (int i = 1; i < reportNanos.size(); i++) {
                assertThat(reportNanos.get(i) - reportNanos.get(i - 1))
                        .isGreaterThanOrEqualTo(ReportPace.INTERVAL_NANOS);
            }
        }
    }

    @Test
    void shouldListenToASocketThatIsHandedOverLater() throws Exception {
        try (PrivateNetwork network = PrivateNetwork.create(directory)) {
            NetworkMonitor monitor = new NetworkMonitor(loop, this::networkChanged, NetworkMonitorTest::refused);
            assertThat(monitor.isListening()).isFalse();
            OwnedFd handedOver = network.takeRouteSocket();
            whileRunning(monitor, () -> {
                loop.submit(() -> monitor.adopt(handedOver));
                network.ip("link set lo up");
                await().until(() -> !reportNanos.isEmpty());
            });
            assertThat(monitor.isListening()).as("after its close").isFalse();
        }
    }

    private static RouteSocket refused() {
        throw new LinuxException("socket", -1, Errno.EAFNOSUPPORT);
    }

    @Test
    void shouldReportNothingWithoutASocket() throws Exception {
        NetworkMonitor monitor = new NetworkMonitor(loop, this::networkChanged, NetworkMonitorTest::refused);
        assertThat(monitor.isListening()).isFalse();
        whileRunning(monitor, () -> {});
        assertThat(reportNanos).isEmpty();
    }

    @Test
    void shouldKeepItsSocketIfAnotherIsOfNoUse() throws Exception {
        NetworkMonitor monitor = new NetworkMonitor(loop, this::networkChanged);
        assertThat(monitor.isListening()).isTrue();
        OwnedFd wrong = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_DGRAM, 0);
        monitor.adopt(wrong);
        assertThat(wrong.isOpen()).isFalse();
        assertThat(monitor.isListening()).isTrue();
        whileRunning(monitor, () -> {});
    }

    @Test
    void shouldReplaceItsSocket() throws Exception {
        try (PrivateNetwork network = PrivateNetwork.create(directory)) {
            NetworkMonitor monitor = new NetworkMonitor(loop, this::networkChanged);
            int descriptors = descriptors().size();
            monitor.adopt(network.takeRouteSocket());
            assertThat(descriptors()).hasSize(descriptors - 1);
            whileRunning(monitor, () -> {
                network.ip("link set lo up");
                await().until(() -> !reportNanos.isEmpty());
            });
        }
    }
}
