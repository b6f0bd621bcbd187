package io.socketbroker.daemon.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import io.socketbroker.daemon.custody.LyingVault.Reply;
import io.socketbroker.daemon.vault.Entry;
import io.socketbroker.daemon.vault.Frame;
import io.socketbroker.daemon.vault.Kind;
import io.socketbroker.daemon.vault.Reason;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Pipes;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Entries that are wrong are left out and reported, a vault that does not answer properly is an error; never a crash. */
@Timeout(60)
class LyingVaultTest {
    private static final VaultSettings IMPATIENT =
            new VaultSettings(Duration.ofMillis(300), Duration.ofMillis(300), Duration.ofMillis(300), 300);

    @TempDir
    private Path folder;

    private int before;
    private OwnedFd socket;
    private OwnedFd other;
    private Entry right;

    @BeforeEach
    void makeSockets() {
        before = OwnedFd.openCount();
        socket = Sockets.open(Sockets.AF_INET, Sockets.SOCK_STREAM, 0);
        other = Sockets.open(Sockets.AF_INET, Sockets.SOCK_STREAM, 0);
        right = new Entry(3, SocketOptions.cookie(socket.fd()));
    }

    @AfterEach
    void shouldLeaveNoDescriptor() {
        socket.close();
        other.close();
        assertThat(OwnedFd.openCount()).isEqualTo(before);
    }

    private Recovery recover(Function<Frame, Reply> behaviour) throws IOException {
        Path path = folder.resolve("lying.sock");
        VaultCustody custody = new VaultCustody(path, new NoStarter(), IMPATIENT);
        try (LyingVault _ = new LyingVault(path, behaviour)) {
            try (custody) {
                return custody.recover();
            }
        }
    }

    /** Lists this once, from slot 0, and nothing behind it. */
    private Recovery recoverListed(List<Entry> entries, OwnedFd... descriptors) throws IOException {
        Recovery recovery = recover(request -> request.kind() == Kind.LIST && request.number() == 0
                ? Reply.listed(
                        request,
                        10,
                        entries,
                        List.of(descriptors).stream().map(OwnedFd::fd).toArray(Fd[]::new))
                : Reply.empty(request));
        recovery.sockets().forEach(recovered -> recovered.descriptor().close());
        return recovery;
    }

    private static void assertOnly(Recovery recovery, Entry entry) {
        assertThat(recovery.sockets())
                .extracting(recovered -> new Entry(recovered.slot().index(), recovered.cookie()))
                .containsExactly(entry);
    }

    @Test
    void shouldTakeWhatIsRight() throws IOException {
        Recovery recovery = recoverListed(List.of(right), socket);
        assertOnly(recovery, right);
        assertThat(recovery.problems()).isEmpty();
    }

    @Test
    void shouldLeaveOutASocketOfAnotherCookie() throws IOException {
        Recovery recovery = recoverListed(List.of(right, new Entry(4, 99)), socket, other);
        assertOnly(recovery, right);
        assertThat(recovery.problems()).singleElement().asString().contains("slot 4", "another socket");
    }

    @Test
    void shouldLeaveOutWhatIsNoSocket() throws IOException {
        try (Pipes.Pipe pipe = Pipes.create()) {
            Recovery recovery = recoverListed(List.of(new Entry(4, 99), right), pipe.readEnd(), socket);
            assertOnly(recovery, right);
            assertThat(recovery.problems()).singleElement().asString().contains("slot 4", "not a socket");
        }
    }

    @Test
    void shouldTakeASlotAndASocketOnlyOnce() throws IOException {
        long cookie = SocketOptions.cookie(other.fd());
        Recovery recovery = recoverListed(
                List.of(right, new Entry(3, cookie), new Entry(5, right.cookie())), socket, other, socket);
        assertOnly(recovery, right);
        assertThat(recovery.problems()).hasSize(2);
    }

    @Test
    void shouldReportMissingDescriptors() throws IOException {
        Recovery recovery = recoverListed(List.of(right, new Entry(4, SocketOptions.cookie(other.fd()))), socket);
        assertOnly(recovery, right);
        assertThat(recovery.problems()).singleElement().asString().contains("1 descriptors for 2 sockets");
    }

    @Test
    void shouldLeaveOutSlotsThatWereNotAskedFor() throws IOException {
        Recovery recovery =
                recoverListed(List.of(right, new Entry(10, SocketOptions.cookie(other.fd()))), socket, other);
        assertOnly(recovery, right);
        assertThat(recovery.problems()).singleElement().asString().contains("slot 10");
    }

    @Test
    void shouldGiveUpOnAVaultThatDoesNotKeepToItsProtocol() {
        List<Function<Frame, Reply>> behaviours = List.of(
                request -> Reply.of(Frame.of(Kind.OPENED, request.sequence() + 1, 0)),
                request -> Reply.of(Frame.of(Kind.DONE, request.sequence(), 0)),
                _ -> new Reply(ByteString.copyFromUtf8("xyz"), List.of()),
                _ -> Reply.end(),
                request -> Reply.of(
                        new Frame(Kind.REFUSED, request.sequence(), 2, List.of(), "version 1 is spoken here, not 2")),
                request -> request.kind() == Kind.LIST
                        ? Reply.listed(request, request.number(), List.of(right), socket.fd())
                        : Reply.empty(request));
        for (int i = 0; i < behaviours.size(); i++) {
            int index = i;
            assertThatExceptionOfType(IOException.class)
                    .as("behaviour %d", index)
                    .isThrownBy(() -> recover(behaviours.get(index)))
                    .withMessageContaining("does not give back what it holds");
            assertThat(folder.resolve("lying.sock").toFile().delete()).isTrue();
        }
    }

    @Test
    void shouldAskAgainWhenTooManyDescriptorsAreOnTheirWay() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        Recovery recovery = recover(request -> request.kind() == Kind.LIST && asked.incrementAndGet() < 3
                ? Reply.of(new Frame(Kind.REFUSED, request.sequence(), 8, List.of(), "busy"))
                : Reply.empty(request));
        assertThat(recovery.problems()).isEmpty();
        assertThat(asked).hasValue(3);
        assertThat(new Frame(Kind.REFUSED, 0, 8, List.of(), "").reason()).isEqualTo(Reason.BUSY);
    }

    @Test
    void shouldKeepWhatCameBeforeTheConnectionBroke() throws IOException {
        AtomicInteger listed = new AtomicInteger();
        Recovery recovery = recover(request -> {
            if (request.kind() != Kind.LIST) {
                return Reply.empty(request);
            }
            return switch (listed.incrementAndGet()) {
                case 1 -> Reply.listed(request, 10, List.of(right), socket.fd());
                case 2 -> Reply.end();
                default -> Reply.empty(request);
            };
        });
        recovery.sockets().forEach(recovered -> recovered.descriptor().close());
        assertOnly(recovery, right);
        assertThat(recovery.problems()).singleElement().asString().contains("broke off");
    }

    @Test
    void shouldLetGoOfWhatWasWrongAndServe() throws IOException {
        Path path = folder.resolve("lying.sock");
        Queue<Frame> drops = new ConcurrentLinkedQueue<>();
        VaultCustody custody = new VaultCustody(path, new NoStarter(), IMPATIENT);
        Entry wrong = new Entry(4, 99);
        try (LyingVault _ = new LyingVault(path, request -> {
            if (request.kind() == Kind.DROP) {
                drops.add(request);
            }
            return request.kind() == Kind.LIST && request.number() == 0
                    ? Reply.listed(request, 10, List.of(right, wrong), socket.fd(), other.fd())
                    : Reply.empty(request);
        })) {
            try (CustodyHarness broker = CustodyHarness.start(custody, custody.recover())) {
                broker.putSafely(7, List.of(other.duplicate()));
            }
        }
        assertThat(drops)
                .singleElement()
                .satisfies(drop -> assertThat(drop.entries()).containsExactly(wrong));
    }

    @Test
    void shouldNotBelieveAnswersOutOfOrderWhileItServes() throws IOException {
        Path path = folder.resolve("lying.sock");
        AtomicInteger puts = new AtomicInteger();
        VaultCustody custody = new VaultCustody(path, new NoStarter(), IMPATIENT);
        try (LyingVault _ = new LyingVault(path, request -> {
            boolean lie = request.kind() == Kind.PUT && puts.incrementAndGet() == 1;
            return lie ? Reply.of(Frame.of(Kind.DONE, request.sequence() + 1, 0)) : Reply.empty(request);
        })) {
            try (CustodyHarness broker = CustodyHarness.start(custody)) {
                // The first put is answered wrongly; the refill makes it safe.
                broker.putSafely(7, List.of(other.duplicate()));
                assertThat(puts).hasValue(2);
            }
        }
    }
}
