package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.TransferItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The shipped broker unit with its sockets in the descriptor store of a real systemd user manager, and no vault. */
@Tag("systemd")
final class UnitStoreIT {
    /** The most sockets that a broker puts there unless it is told otherwise. */
    private static final int MOST_SOCKETS = 256;

    /** Descriptors in one message. */
    private static final int BATCH = 253;

    private static @Nullable UnitBroker installed;

    @BeforeAll
    static void install() throws Exception {
        UnitBroker broker = new UnitBroker();
        installed = broker;
        broker.configure("--custody systemd", "FileDescriptorStoreMax=" + 2 * MOST_SOCKETS);
        // Not the unit file's: so that nobody else can have kept anything.
        broker.units().systemctl("mask", "--runtime", UnitBroker.VAULT);
    }

    @AfterAll
    static void remove() throws IOException {
        if (installed != null) {
            installed.close();
        }
    }

    @AfterEach
    void forget() throws Exception {
        broker().stop();
        assertThat(stored()).isEqualTo("0");
    }

    private static UnitBroker broker() {
        return Objects.requireNonNull(installed, "the units are installed");
    }

    private static String stored() throws Exception {
        return broker().units().property("NFileDescriptorStore");
    }

    private static void awaitStored(int sockets) {
        UnitBroker.eventually("what systemd has")
                .untilAsserted(() -> assertThat(stored()).isEqualTo(Integer.toString(sockets)));
    }

    @Test
    void shouldLoseNothingOfWhatSystemdKeeps() throws Exception {
        broker().units().systemctl("start", UnitBroker.BROKER);
        NumberedLines parked;
        try (ProtocolClient client = broker().client()) {
            parked = new NumberedLines(client, "line").park(client, 4);
        }
        try (NumberedLines lines = parked) {
            lines.say().hear();
            awaitStored(lines.size());
            for (int i = 0; i < 3; i++) {
                expectKept(lines, "kill", "--kill-whom=main", "--signal=KILL", UnitBroker.BROKER);
            }
            expectKept(lines, "restart", UnitBroker.BROKER);
            broker().awaitWhole(lines.size());
            try (ProtocolClient client = broker().client();
                    OwnedFd mine = client.reclaim("line-0").descriptor()) {
                assertThat(mine.isOpen()).isTrue();
                awaitStored(lines.size() - 1);
            }
        }
        // The peers are gone: each has one more handler, and is given up.
        awaitStored(0);
    }

    private static void expectKept(NumberedLines lines, String... systemctl) throws Exception {
        int pid = broker().pid(UnitBroker.BROKER);
        broker().units().systemctl(systemctl);
        lines.say();
        broker().awaitSuccessor(UnitBroker.BROKER, pid);
        lines.hear();
        try (ProtocolClient client = broker().client()) {
            lines.expectSameSockets(client);
        }
        awaitStored(lines.size());
    }

    private static void park(ProtocolClient client, List<OwnedFd> sockets, int from, int to) {
        List<TransferItem> items = new ArrayList<>();
        for (int i = from; i < to; i++) {
            items.add(ProtocolClient.item("line", "s" + i).build());
        }
        client.transfer(sockets.subList(from, to).stream().map(OwnedFd::fd).toList(), items);
    }

    @Test
    void shouldTakeNoMoreThanTheCap() throws Exception {
        broker().units().systemctl("start", UnitBroker.BROKER);
        List<OwnedFd> mine = new ArrayList<>();
        List<OwnedFd> peers = new ArrayList<>();
        try (ProtocolClient client = broker().client()) {
            client.register("line", Specs.lineAnswerer());
            for (int i = 0; i <= MOST_SOCKETS; i++) {
                Sockets.Pair pair = Sockets.pair(Sockets.SOCK_STREAM);
                mine.add(pair.first());
                peers.add(pair.second());
            }
            park(client, mine, 0, BATCH);
            park(client, mine, BATCH, MOST_SOCKETS);
            awaitStored(MOST_SOCKETS);
            expectFull(client, mine);
        }
        broker().killAndAwait(UnitBroker.BROKER);
        try (ProtocolClient client = broker().client()) {
            assertThat(client.allSockets()).hasSize(MOST_SOCKETS);
            awaitStored(MOST_SOCKETS);
            expectFull(client, mine);
            client.reclaim("s7").descriptor().close();
            awaitStored(MOST_SOCKETS - 1);
            park(client, mine, MOST_SOCKETS, MOST_SOCKETS + 1);
            awaitStored(MOST_SOCKETS);
        } finally {
            mine.forEach(OwnedFd::close);
            peers.forEach(OwnedFd::close);
        }
    }

    private static void expectFull(ProtocolClient client, List<OwnedFd> mine) {
        Refusal refusal = Refusal.of(() -> park(client, mine, MOST_SOCKETS, MOST_SOCKETS + 1));
        assertThat(refusal.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(refusal.message()).contains("custody-systemd-sockets", "256", "use custody with a vault for more");
        assertThat(client.allSockets()).hasSize(MOST_SOCKETS);
    }

    @Test
    void shouldBeStartedByACommand() throws Exception {
        broker().units().systemctl("start", UnitBroker.SOCKET);
        assertThat(broker().units().property("ActiveState")).isEqualTo("inactive");
        String status = ShippedUnits.run(
                broker().program(),
                Map.of(
                        "SOCKETBROKER_RUNTIME_DIR",
                        broker().units().runtimeDirectory().toString()),
                "status");
        assertThat(status).containsPattern("pid +" + broker().pid(UnitBroker.BROKER) + "\\b");
        assertThat(broker().units().property("ActiveState")).isEqualTo("active");
    }
}
