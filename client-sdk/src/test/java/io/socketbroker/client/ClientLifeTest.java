package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.rpc.Code;
import io.socketbroker.linux.OpenDescriptors;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientLifeTest {

    @Test
    void shouldLeaveNeitherDescriptorNorThread(@TempDir Path directory) throws IOException {
        try (var broker = new FakeBroker(directory)) {
            use(broker); // Loads what stays open for the life of the JVM, such as jar files.
            long before = kernelObjects();
            for (int i = 0; i < 3; i++) {
                use(broker);
            }
            // The broker's ends close on its own threads.
            Awaitility.await().until(() -> kernelObjects() <= before);
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("socketbroker-"));
        }
    }

    private static void use(FakeBroker broker) {
        try (var client = broker.client();
                var connection = Connection.open()) {
            client.transfer(TransferRequest.of(connection.near(), "one", "echo"));
            client.reclaim("one").close();
            assertThat(client.events()).hasSize(3);
        }
    }

    private static long kernelObjects() {
        return OpenDescriptors.ofThisProcess().values().stream()
                .filter(target -> target.startsWith("socket:") || target.startsWith("anon_inode:"))
                .count();
    }

    @Test
    void shouldDeliverEventsInOrderUntilClosed(@TempDir Path directory) throws IOException {
        try (var broker = new FakeBroker(directory);
                var client = broker.client()) {
            var seen = new CopyOnWriteArrayList<Long>();
            var subscription = client.followEvents(7, event -> seen.add(event.sequence()));
            Awaitility.await().untilAsserted(() -> assertThat(seen).containsExactly(8L, 9L, 10L));
            assertThat(subscription.ended()).isNotDone();
            subscription.close();
            assertThat(subscription.ended()).isDone();
        }
    }

    @Test
    void shouldTellAConsumersFailure(@TempDir Path directory) throws IOException {
        try (var broker = new FakeBroker(directory);
                var client = broker.client()) {
            var subscription = client.followEvents(0, event -> {
                throw new IllegalStateException("no more");
            });
            assertThat(subscription.ended())
                    .failsWithin(Duration.ofSeconds(5))
                    .withThrowableThat()
                    .withMessageContaining("no more");
        }
    }

    @Test
    void shouldSayHowToStartABrokerWhenThereIsNone(@TempDir Path directory) {
        var failure = catchThrowableOfType(BrokerException.class, () -> BrokerClient.connect(directory));
        assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("socketbroker daemon --runtime-dir " + directory);
    }

    @Test
    void shouldTellADeadBrokersSocketFromALivingOne(@TempDir Path directory) throws IOException {
        // A listener that is gone leaves its path behind.
        Sockets.listenUnix(directory.resolve("grpc.sock"), Sockets.SOCK_STREAM, 1)
                .close();
        int open = OwnedFd.openCount();
        try (var client = BrokerClient.connect(directory);
                var connection = Connection.open()) {
            assertThatExceptionOfType(BrokerException.class)
                    .isThrownBy(client::status)
                    .satisfies(e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE))
                    .withMessageContaining("socketbroker daemon");
            assertThatExceptionOfType(BrokerException.class)
                    .isThrownBy(() -> client.transfer(TransferRequest.of(connection.near(), "one", "echo")))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE));
            assertThat(connection.near().isOpen()).isTrue();
        }
        assertThat(OwnedFd.openCount()).isEqualTo(open);
        Files.delete(directory.resolve("grpc.sock"));
    }

    @Test
    void shouldRefuseAFolderTooDeepForAUnixSocket(@TempDir Path directory) {
        var deep = directory.resolve("x".repeat(100));
        var failure = catchThrowableOfType(BrokerException.class, () -> BrokerClient.connect(deep));
        assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(failure).hasMessageContaining("shorter runtime folder");
    }
}
