package io.socketbroker.daemon.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.socketbroker.daemon.vault.Entry;
import io.socketbroker.daemon.vault.Frame;
import io.socketbroker.daemon.vault.Kind;
import io.socketbroker.daemon.vault.Reason;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Pipes;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A vault process, asked frame by frame; all tests share it, and each leaves it as it was. */
@Timeout(120)
class VaultTest {
    @TempDir
    private static Path folder;

    private static ChildVault vault;

    private final List<OwnedFd> sockets = new ArrayList<>();
    private Map<Integer, String> vaultBefore = Map.of();
    private int ownedBefore;

    @BeforeAll
    static void startTheVault() throws IOException {
        vault = ChildVault.start(folder.resolve("vault.sock"));
        // What it opens when it first serves.
        RawClient.open(vault.socket()).close();
        await().until(() -> vault.descriptors().values().stream()
                        .filter(open -> open.startsWith("socket:"))
                        .count()
                == 1);
    }

    @AfterAll
    static void endTheVault() {
        vault.close();
    }

    @BeforeEach
    void look() {
        ownedBefore = OwnedFd.openCount();
        vaultBefore = vault.descriptors();
    }

    @AfterEach
    void shouldLeaveNoDescriptor() {
        try (RawClient client = RawClient.open(vault.socket())) {
            List<Entry> left = client.show();
            for (int i = 0; i < left.size(); i += Frame.MOST_ENTRIES) {
                client.ask(Kind.DROP, 0, left.subList(i, Math.min(left.size(), i + Frame.MOST_ENTRIES)));
            }
            assertThat(client.count()).isZero();
        }
        sockets.forEach(OwnedFd::close);
        assertThat(OwnedFd.openCount()).isEqualTo(ownedBefore);
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(vault.descriptors()).isEqualTo(vaultBefore));
    }

    private OwnedFd keep(OwnedFd descriptor) {
        sockets.add(descriptor);
        return descriptor;
    }

    private List<OwnedFd> sockets(int count) {
        List<OwnedFd> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(keep(Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_STREAM, 0)));
        }
        return made;
    }

    private static void putAll(RawClient client, List<OwnedFd> descriptors) {
        for (int i = 0; i < descriptors.size(); i += Frame.MOST_ENTRIES) {
            Frame answer = client.put(i, descriptors.subList(i, Math.min(descriptors.size(), i + Frame.MOST_ENTRIES)));
            assertThat(answer.kind()).isEqualTo(Kind.DONE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 253, 254, 5_000})
    void shouldGiveBackEverySocketUnderItsSlot(int count) {
        List<OwnedFd> put = sockets(count);
        try (RawClient client = RawClient.open(vault.socket())) {
            putAll(client, put);
            assertThat(client.count()).isEqualTo(count);
        }
        try (RawClient client = RawClient.open(vault.socket())) {
            List<RawClient.Listed> listed = client.list();
            listed.forEach(socket -> keep(socket.descriptor()));
            assertThat(listed).hasSize(count);
            for (int i = 0; i < count; i++) {
                assertThat(listed.get(i).entry()).isEqualTo(RawClient.entry(i, put.get(i)));
                assertThat(SocketOptions.cookie(listed.get(i).descriptor().fd()))
                        .isEqualTo(listed.get(i).entry().cookie());
            }
            assertThat(client.show())
                    .isEqualTo(listed.stream().map(RawClient.Listed::entry).toList());
        }
    }

    @Test
    void shouldCloseWhatIsDroppedOrReplacedAndKeepTheRest() {
        try (Sockets.Pair first = Sockets.pair(Sockets.SOCK_STREAM);
                Sockets.Pair second = Sockets.pair(Sockets.SOCK_STREAM);
                RawClient client = RawClient.open(vault.socket())) {
            Entry former = RawClient.entry(7, first.first());
            Entry next = RawClient.entry(7, second.first());
            client.put(7, List.of(first.first()));
            first.first().close();
            assertThat(Sockets.peek(first.second().fd(), new byte[1])).isEqualTo(Sockets.WOULD_BLOCK);
            client.put(7, List.of(second.first()));
            second.first().close();
            assertThat(Sockets.peek(first.second().fd(), new byte[1]))
                    .as("replaced")
                    .isZero();
            client.ask(Kind.DROP, 0, List.of(former));
            assertThat(client.count()).as("a stale drop").isEqualTo(1);
            assertThat(Sockets.peek(second.second().fd(), new byte[1])).isEqualTo(Sockets.WOULD_BLOCK);
            client.ask(Kind.DROP, 0, List.of(next, former));
            assertThat(Sockets.peek(second.second().fd(), new byte[1]))
                    .as("dropped")
                    .isZero();
        }
    }

    @Test
    void shouldRefuseASocketThatIsNotTheOneAnnounced() throws IOException {
        List<OwnedFd> two = sockets(2);
        Entry right = RawClient.entry(0, two.getFirst());
        try (RawClient client = RawClient.open(vault.socket());
                Pipes.Pipe pipe = Pipes.create()) {
            List<Entry> lie = List.of(right, new Entry(1, right.cookie()));
            Frame answer = client.ask(
                    Kind.PUT, 0, lie, two.getFirst().fd(), two.getLast().fd());
            assertThat(answer.reason()).isEqualTo(Reason.COOKIE_MISMATCH);
            assertThat(answer.text()).contains("slot 1");
            assertThat(client.ask(Kind.PUT, 0, List.of(right), pipe.readEnd().fd())
                            .reason())
                    .isEqualTo(Reason.COOKIE_MISMATCH);
            assertThat(client.count()).as("nothing is half-done").isZero();
            assertThat(client.put(0, two).kind()).as("the connection goes on").isEqualTo(Kind.DONE);
        }
    }

    /** What is sent after OPEN: bytes, how many descriptors, and the reason of the answer. */
    static Stream<List<Object>> wrongFrames() {
        String header = " 00000001 00000000";
        String entry = " 00000001 0000000000000001";
        return Stream.of(
                List.of("00", 0, Reason.MALFORMED),
                List.of("01", 1, Reason.MALFORMED),
                List.of("07050000" + header, 0, Reason.VERSION),
                List.of("01630000" + header, 0, Reason.MALFORMED),
                List.of("01810000" + header, 0, Reason.MALFORMED),
                List.of("01ff0000" + header, 0, Reason.MALFORMED),
                List.of("01020000" + header, 0, Reason.MALFORMED),
                List.of("01020001" + header, 0, Reason.MALFORMED),
                List.of("01020001" + header + entry, 0, Reason.MALFORMED),
                List.of("01020001" + header + entry, 2, Reason.MALFORMED),
                List.of("01020001" + header + entry, 253, Reason.MALFORMED),
                List.of("01020002" + header + entry, 2, Reason.MALFORMED),
                List.of("01020001" + header + " 00100000 0000000000000001", 1, Reason.MALFORMED),
                List.of("010200fe" + header + entry.repeat(254), 253, Reason.MALFORMED),
                List.of("01030001" + header + entry, 1, Reason.MALFORMED),
                List.of("01050000" + header, 1, Reason.MALFORMED),
                List.of("01040000 00000001 ffffffff", 0, Reason.MALFORMED),
                List.of("01050000" + header + " 00".repeat(20_000), 3, Reason.MALFORMED));
    }

    @ParameterizedTest
    @MethodSource("wrongFrames")
    void shouldRefuseAWrongFrameAndEndItsConnection(List<Object> row) {
        byte[] bytes = HexFormat.of().parseHex(row.get(0).toString().replace(" ", ""));
        OwnedFd descriptor = sockets(1).getFirst();
        try (RawClient client = RawClient.open(vault.socket())) {
            List<Fd> descriptors = Collections.nCopies((int) row.get(1), descriptor.fd());
            assertThat(client.send(bytes, descriptors)).isTrue();
            Frame answer = client.answer();
            assertThat(answer.kind()).isEqualTo(Kind.REFUSED);
            assertThat(answer.reason()).isEqualTo(row.get(2));
            assertThat(answer.sequence()).isEqualTo(bytes.length < 12 ? 0 : 1);
            assertThat(client.receive()).isInstanceOf(Received.EndOfStream.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DROP", "LIST"})
    void shouldLetOnlyTheBrokerPutDropAndList(Kind kind) {
        OwnedFd descriptor = sockets(1).getFirst();
        List<Entry> entries = kind == Kind.LIST ? List.of() : List.of(RawClient.entry(0, descriptor));
        List<Fd> descriptors = kind == Kind.PUT ? List.of(descriptor.fd()) : List.of();
        try (RawClient client = RawClient.connect(vault.socket())) {
            assertThat(client.count()).isZero();
            assertThat(client.show()).isEmpty();
            assertThat(client.ask(kind, 0, entries, descriptors).reason()).isEqualTo(Reason.NOT_OPENED);
            assertThat(client.receive()).isInstanceOf(Received.EndOfStream.class);
        }
    }

    @Test
    void shouldFollowTheBrokerThatOpenedLast() {
        List<OwnedFd> two = sockets(2);
        try (RawClient former = RawClient.open(vault.socket());
                RawClient looker = RawClient.connect(vault.socket())) {
            former.put(0, two);
            // Unread by the vault, perhaps, when the next broker comes.
            former.send(
                    Frame.of(Kind.DROP, 77, 0, List.of(RawClient.entry(0, two.getFirst())))
                            .encode(),
                    List.of());
            try (RawClient next = RawClient.open(vault.socket())) {
                assertThat(next.count()).isEqualTo(1);
                Frame last = former.answer();
                last = last.kind() == Kind.DONE ? former.answer() : last;
                assertThat(last.reason()).isEqualTo(Reason.SUPERSEDED);
                assertThat(former.receive()).isInstanceOf(Received.EndOfStream.class);
                assertThat(looker.count()).isEqualTo(1);
            }
        }
    }

    @Test
    void shouldCarryOutWhatADeadBrokerHadSent() {
        List<OwnedFd> many = sockets(200);
        try (RawClient client = RawClient.open(vault.socket())) {
            putAll(client, many);
            for (int i = 0; i < many.size(); i++) {
                byte[] drop = Frame.of(Kind.DROP, i, 0, List.of(RawClient.entry(i, many.get(i))))
                        .encode();
                assertThat(client.send(drop, List.of())).isTrue();
            }
            // Closed with answers unread, which the vault sees as ECONNRESET before the requests behind it.
        }
        try (RawClient next = RawClient.open(vault.socket())) {
            assertThat(next.count()).isZero();
        }
    }

    @Test
    void shouldServeOthersWhileOneDoesNotRead() {
        List<OwnedFd> many = sockets(253);
        try (RawClient stalled = RawClient.connect(vault.socket());
                RawClient client = RawClient.open(vault.socket())) {
            byte[] look = Frame.of(Kind.SHOW, 1, 0).encode();
            client.put(0, many);
            int sent = 0;
            while (stalled.send(look, List.of())) {
                sent++;
            }
            assertThat(sent).as("bounded by the sockets' buffers").isBetween(10, 100_000);
            assertThat(client.count()).isEqualTo(253);
            // Every request has its answer all the same.
            for (int i = 0; i < sent; i++) {
                assertThat(stalled.answer().kind()).isEqualTo(Kind.SHOWN);
            }
            assertThat(stalled.count()).isEqualTo(253);
        }
    }

    @Test
    void shouldListToAReceiverThatIsSlow() {
        List<OwnedFd> many = sockets(253);
        try (RawClient client = RawClient.open(vault.socket())) {
            client.put(0, many);
            byte[] list = Frame.of(Kind.LIST, 1, 0).encode();
            int sent = 0;
            while (sent < 400 && client.send(list, List.of())) {
                sent++;
            }
            try (RawClient looker = RawClient.connect(vault.socket())) {
                assertThat(looker.count()).isEqualTo(253);
            }
            for (int i = 0; i < sent; i++) {
                try (Received.Message message = (Received.Message) client.receive()) {
                    assertThat(message.descriptors()).hasSize(253);
                }
            }
        }
    }

    @Test
    void shouldLetABrokerInHoweverManyOthersThereAre() {
        List<RawClient> crowd = new ArrayList<>();
        try (RawClient broker = RawClient.open(vault.socket())) {
            for (int i = 0; i < 40; i++) {
                crowd.add(RawClient.connect(vault.socket()));
            }
            assertThat(crowd.getLast().count()).isZero();
            assertThat(crowd.getFirst().receive()).isInstanceOf(Received.EndOfStream.class);
            assertThat(broker.put(0, sockets(1)).kind()).isEqualTo(Kind.DONE);
            RawClient.open(vault.socket()).close();
        }
        crowd.forEach(RawClient::close);
    }

    @Test
    void shouldNotWaitForThePeerOfASocketThatLingers() {
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (OwnedFd listener = Sockets.listenTcp(loopback, 1);
                RawClient client = RawClient.open(vault.socket())) {
            Endpoint.Inet address =
                    (Endpoint.Inet) Sockets.localEndpoint(listener.fd()).orElseThrow();
            OwnedFd sender = keep(Sockets.connectTcp(address.toSocketAddress()));
            OwnedFd receiver = keep(Sockets.accept(listener.fd(), true).orElseThrow());
            SocketOptions.setLinger(sender.fd(), true, 3_600);
            byte[] bytes = new byte[64 * 1_024];
            while (Sockets.send(sender.fd(), bytes, 0, bytes.length) != Sockets.WOULD_BLOCK) {
                // Until the receiver's buffer is full, too.
            }
            client.put(0, List.of(sender));
            Entry entry = RawClient.entry(0, sender);
            sender.close();
            assertThat(client.ask(Kind.DROP, 0, List.of(entry)).number()).isZero();
            assertThat(client.put(0, sockets(1)).kind()).isEqualTo(Kind.DONE);
            receiver.close();
        }
    }

    @Test
    void shouldBePrivate() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(vault.socket())))
                .isEqualTo("rw-------");
        Path lock = Path.of(vault.socket() + ".lock");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lock)))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldCloseAConnectionOfAnotherType() {
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> Sockets.connectUnix(vault.socket(), Sockets.SOCK_STREAM));
    }
}
