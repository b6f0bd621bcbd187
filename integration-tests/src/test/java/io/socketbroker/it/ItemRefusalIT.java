package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.grpc.Status.Code;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.AutoAnswer;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.TransferItem;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.WakeFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Good sockets with bad words: refused with status, reason and field, and the socket is still its sender's. */
final class ItemRefusalIT {
    private static final int MOST_FRAME_BYTES = 150 * 1024;

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;
    private Link link;
    private Bystander bystander;

    @BeforeEach
    void connect() {
        client = broker.client();
        link = broker.link();
        client.register("task", Specs.command("/bin/cat"));
        bystander = Bystander.park(broker);
    }

    @AfterEach
    void nothingIsDisturbed() {
        bystander.expectServed();
    }

    private static Arguments row(
            String what, Code code, String reason, String field, Consumer<TransferItem.Builder> change) {
        return Arguments.argumentSet(what, code, reason, field, change);
    }

    private static Arguments invalid(String what, String field, Consumer<TransferItem.Builder> change) {
        return row(what, Code.INVALID_ARGUMENT, "INVALID_FIELD", field, change);
    }

    private static Consumer<TransferItem.Builder> keepAlive(Duration interval) {
        return item -> item.setKeepAlive(KeepAlive.newBuilder().setInterval(interval));
    }

    static Stream<Arguments> items() {
        return Stream.of(
                row("unknown task", Code.NOT_FOUND, "TASK_UNKNOWN", "items[0].task", item -> item.setTask("none")),
                row("no task", Code.NOT_FOUND, "TASK_UNKNOWN", "items[0].task", TransferItem.Builder::clearTask),
                row(
                        "300 KiB context",
                        Code.INVALID_ARGUMENT,
                        "CONTEXT_TOO_LARGE",
                        "items[0].context",
                        item -> item.setContext(ByteString.copyFrom(new byte[300 * 1024]))),
                row(
                        "one byte of context too much",
                        Code.INVALID_ARGUMENT,
                        "CONTEXT_TOO_LARGE",
                        "items[0].context",
                        item -> item.setContext(ByteString.copyFrom(new byte[64 * 1024 + 1]))),
                row(
                        "id in use",
                        Code.ALREADY_EXISTS,
                        "SOCKET_ID_IN_USE",
                        "items[0].socket_id",
                        item -> item.setSocketId("bystander")),
                invalid("no id", "items[0].socket_id", TransferItem.Builder::clearSocketId),
                invalid("id with a space", "items[0].socket_id", item -> item.setSocketId("a b")),
                invalid("id beyond ASCII", "items[0].socket_id", item -> item.setSocketId("\u00e4")),
                invalid("id of 256", "items[0].socket_id", item -> item.setSocketId("x".repeat(256))),
                invalid("half a second", "items[0].keep_alive.interval", keepAlive(Durations.fromMillis(500))),
                invalid(
                        "one nanosecond short",
                        "items[0].keep_alive.interval",
                        keepAlive(Durations.fromNanos(999_999_999))),
                invalid("negative", "items[0].keep_alive.interval", keepAlive(Durations.fromSeconds(-5))),
                invalid(
                        "a nanosecond over 7 days",
                        "items[0].keep_alive.interval",
                        keepAlive(Durations.add(Durations.fromDays(7), Durations.fromNanos(1)))),
                invalid(
                        "no valid duration",
                        "items[0].keep_alive.interval",
                        keepAlive(
                                Duration.newBuilder().setSeconds(5).setNanos(-1).build())),
                invalid(
                        "the longest that a field holds",
                        "items[0].keep_alive.interval",
                        keepAlive(
                                Duration.newBuilder().setSeconds(Long.MAX_VALUE).build())),
                invalid(
                        "a probe longer than its bound",
                        "items[0].keep_alive.probe",
                        item -> item.setKeepAlive(KeepAlive.newBuilder()
                                .setInterval(Durations.fromSeconds(5))
                                .setProbe(ByteString.copyFrom(new byte[2_049])))),
                invalid(
                        "replies without a probe",
                        "items[0].keep_alive.expected_replies",
                        item -> item.setKeepAlive(KeepAlive.newBuilder()
                                .setInterval(Durations.fromSeconds(5))
                                .addExpectedReplies(ByteString.copyFromUtf8("pong")))),
                invalid(
                        "accept mode for a connection",
                        "items[0].options.accept_mode",
                        item -> item.getOptionsBuilder().setAcceptMode(AcceptMode.ACCEPT_MODE_LISTENER)),
                invalid(
                        "a filter longer than its bound",
                        "items[0].options.wake_filter.min_bytes",
                        item -> item.getOptionsBuilder()
                                .setWakeFilter(WakeFilter.newBuilder().setMinBytes(65_537))),
                invalid(
                        "a prefix longer than its bound",
                        "items[0].options.wake_filter.prefix",
                        item -> item.getOptionsBuilder()
                                .setWakeFilter(WakeFilter.newBuilder().setPrefix(ByteString.copyFrom(new byte[257])))),
                invalid(
                        "an answer that contradicts another",
                        "items[0].options.auto_answers[1].request",
                        item -> item.getOptionsBuilder()
                                .addAutoAnswers(answer("pong"))
                                .addAutoAnswers(answer("something else"))),
                invalid(
                        "sources for a byte stream",
                        "items[0].options.wake_filter.source_prefixes",
                        item -> item.getOptionsBuilder()
                                .setWakeFilter(WakeFilter.newBuilder().addSourcePrefixes("10.0.0.0/8"))),
                invalid(
                        "first bytes of a connection",
                        "items[0].options.first_bytes_timeout",
                        item -> item.getOptionsBuilder().setFirstBytesTimeout(Durations.fromSeconds(1))),
                invalid(
                        "an expiry below its bound",
                        "items[0].options.expires_after",
                        item -> item.getOptionsBuilder().setExpiresAfter(Durations.fromMillis(5))));
    }

    private static AutoAnswer answer(String response) {
        return AutoAnswer.newBuilder()
                .setRequest(ByteString.copyFromUtf8("ping"))
                .setResponse(ByteString.copyFromUtf8(response))
                .build();
    }

    @ParameterizedTest
    @MethodSource("items")
    void shouldRefuse(Code code, String reason, String field, Consumer<TransferItem.Builder> change) {
        TransferItem.Builder item = ProtocolClient.item("task", "s");
        change.accept(item);
        Refusal refusal = Refusal.of(() -> client.transfer(link.mine().fd(), item));
        refusal.expect(code, reason, field);
        if (item.build().getSerializedSize() < MOST_FRAME_BYTES) {
            refusal.expectSameIn(client.fdSock().transfer(item, link.mine().fd()));
        }
        assertThat(client.socketIds()).containsExactly("bystander");
        link.exchange();
        client.park(link.mine(), "task", "s");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldRefuseAnotherNumberOfItemsThanDescriptors(int items) {
        Link second = broker.link();
        List<TransferItem> itemList = new ArrayList<>();
        for (int i = 0; i < items; i++) {
            itemList.add(ProtocolClient.item("task", "s" + i).build());
        }
        List<Fd> descriptors = List.of(link.mine().fd(), second.mine().fd());
        Refusal refusal = Refusal.of(() -> client.transfer(descriptors, itemList));
        refusal.expect(Code.INVALID_ARGUMENT, "DESCRIPTOR_COUNT_MISMATCH", "items");
        refusal.expectSameIn(client.fdSock()
                .transfer(TransferOwnershipRequest.newBuilder().addAllItems(itemList), descriptors.toArray(Fd[]::new)));
        assertThat(refusal.message()).contains(items + " items").contains("2 descriptors");
        link.exchange();
        second.exchange();
    }

    @Test
    void shouldRefuseAnIdTwiceInOneBatch() {
        Link second = broker.link();
        TransferItem item = ProtocolClient.item("task", "s").build();
        Refusal refusal = Refusal.of(
                () -> client.transfer(List.of(link.mine().fd(), second.mine().fd()), List.of(item, item)));
        refusal.expect(Code.ALREADY_EXISTS, "SOCKET_ID_IN_USE", "items[1].socket_id");
        refusal.expectSameIn(client.fdSock()
                .transfer(
                        TransferOwnershipRequest.newBuilder().addItems(item).addItems(item),
                        link.mine().fd(),
                        second.mine().fd()));
        link.exchange();
        second.exchange();
    }

    @Test
    void shouldRefuseAKernelSocketTwice() {
        Fd fd = link.mine().fd();
        TransferItem one = ProtocolClient.item("task", "one").build();
        TransferItem two = ProtocolClient.item("task", "two").build();
        Refusal.of(() -> client.transfer(List.of(fd, fd), List.of(one, two)))
                .expect(Code.ALREADY_EXISTS, "SOCKET_ALREADY_BROKERED", "items[1]");
        client.transfer(List.of(fd), List.of(one));
        for (TransferItem again :
                List.of(one, two, one.toBuilder().setReplace(true).build())) {
            Refusal refusal = Refusal.of(() -> client.transfer(List.of(fd), List.of(again)));
            refusal.expect(Code.ALREADY_EXISTS, "SOCKET_ALREADY_BROKERED", "items[0]");
            assertThat(refusal.message()).contains("/one");
            refusal.expectSameIn(client.fdSock().transfer(again.toBuilder(), fd));
        }
        link.peer().send("echo");
        assertThat(link.peer().read(4)).isEqualTo("echo");
    }

    @Test
    void shouldCloseTheFormerSocketWhenItIsReplaced() {
        client.park(link.mine(), "task", "s");
        Link second = broker.link();
        long cookie = SocketOptions.cookie(second.mine().fd());
        client.park(second.mine(), ProtocolClient.item("task", "s").setReplace(true));
        link.peer().expectEnd();
        assertThat(client.socket("s").getCookie()).isEqualTo(cookie);
        assertThat(second.peer().send("echo\n").readLine()).isEqualTo("echo");
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                Arguments.argumentSet("app with a slash", "INVALID_FIELD", "app", "a/b"),
                Arguments.argumentSet("app of 129", "INVALID_FIELD", "app", "x".repeat(129)));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void shouldRefuseTheApp(String reason, String field, String app) {
        TransferOwnershipRequest.Builder request =
                TransferOwnershipRequest.newBuilder().setApp(app).addItems(ProtocolClient.item("task", "s"));
        Refusal refusal = Refusal.of(() -> client.transfer(List.of(link.mine().fd()), request.clone()));
        refusal.expect(Code.INVALID_ARGUMENT, reason, field);
        refusal.expectSameIn(client.fdSock().transfer(request, link.mine().fd()));
        link.exchange();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 65})
    void shouldRefuseADepositIdOfAnotherLength(int bytes) {
        TransferOwnershipRequest request = TransferOwnershipRequest.newBuilder()
                .setDepositId(ByteString.copyFrom(new byte[bytes]))
                .addItems(ProtocolClient.item("task", "s"))
                .build();
        Refusal.of(() -> client.sockets().transferOwnership(request))
                .expect(Code.INVALID_ARGUMENT, "INVALID_FIELD", "deposit_id");
        assertThat(client.fdSock()
                        .deposit(request.getDepositId(), 1, link.mine().fd())
                        .getError()
                        .getField())
                .isEqualTo("deposit.deposit_id");
        link.exchange();
    }

    @Test
    void shouldNameEveryItemAtFaultOfALargeBatch() {
        List<Fd> descriptors = new ArrayList<>();
        List<TransferItem> items = new ArrayList<>();
        for (int i = 0; i < 253; i++) {
            descriptors.add(
                    broker.closeLater(Link.unix(Sockets.SOCK_STREAM)).mine().fd());
            items.add(ProtocolClient.item("unknown", "x".repeat(200) + i).build());
        }
        Refusal refusal = Refusal.of(() -> client.transfer(descriptors, items));
        refusal.expect(Code.NOT_FOUND, "TASK_UNKNOWN", "items[0].task");
        assertThat(refusal.items()).isNotEmpty();
        assertThat(refusal.message()).contains("252 more items");
    }

    @Test
    void shouldRefuseLongNamesWithAnErrorThatArrives() {
        String name = "n".repeat(100_000);
        Refusal.of(() -> client.transfer(link.mine().fd(), ProtocolClient.item(name, "s")))
                .expect(Code.NOT_FOUND, "TASK_UNKNOWN", "items[0].task");
        Refusal.of(() -> client.transfer(link.mine().fd(), ProtocolClient.item("task", name)))
                .expect(Code.INVALID_ARGUMENT, "INVALID_FIELD", "items[0].socket_id");
        Refusal.of(() -> client.socket(name)).expect(Code.NOT_FOUND, "SOCKET_UNKNOWN", "key");
        Refusal.of(() -> client.startReclaim(name)).expect(Code.NOT_FOUND, "SOCKET_UNKNOWN", "keys[0]");
        Refusal.of(() -> client.register(name, Specs.command("/bin/cat")))
                .expect(Code.INVALID_ARGUMENT, "INVALID_FIELD", "key.name");
        Refusal.of(() -> client.register("task", Specs.command("/" + name.substring(50_000))))
                .expect(Code.FAILED_PRECONDITION, "COMMAND_NOT_EXECUTABLE", "spec.exec.command");
        link.exchange();
    }
}
