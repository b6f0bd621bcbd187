package io.socketbroker.daemon.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.linux.OpenDescriptors;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Pipes;
import io.socketbroker.v1.ErrorReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DepositsTest {
    private static final ByteString ID = ByteString.copyFromUtf8("deposit");
    private static final int UID = 5;

    private final Map<Integer, String> before = OpenDescriptors.ofThisProcess();
    private final EventLoop loop = new EventLoop();
    private final Deposits deposits = new Deposits(loop, 20_000_000);

    @AfterEach
    void shouldLeaveNoDescriptor() {
        deposits.close();
        loop.close();
        assertThat(OpenDescriptors.ofThisProcess()).isEqualTo(before);
    }

    private static List<OwnedFd> descriptors(int count) {
        List<OwnedFd> descriptors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            try (Pipes.Pipe pipe = Pipes.create()) {
                descriptors.add(pipe.readEnd().duplicate());
            }
        }
        return descriptors;
    }

    private static void assertRefused(ErrorReason reason, ThrowingCallable call) {
        assertThatExceptionOfType(BrokerRefusal.class)
                .isThrownBy(call)
                .satisfies(refusal -> assertThat(refusal.reason()).isEqualTo(reason));
    }

    @Test
    void shouldBringDepositAndCallTogetherInEitherOrder() {
        deposits.deposit(UID, ID, 2, descriptors(2), false);
        assertThat(collected(deposits.collect(UID, ID))).isEqualTo(2);
        CompletableFuture<List<OwnedFd>> early = deposits.collect(UID, ID);
        assertThat(early).isNotDone();
        deposits.deposit(UID, ID, 1, descriptors(1), false);
        assertThat(collected(early)).isEqualTo(1);
    }

    private static int collected(CompletableFuture<List<OwnedFd>> call) {
        List<OwnedFd> descriptors = call.join();
        Deposits.closeAll(descriptors);
        return descriptors.size();
    }

    @Test
    void shouldNotGiveADepositToAnotherUser() {
        deposits.deposit(UID, ID, 1, descriptors(1), false);
        assertThat(deposits.collect(UID + 1, ID)).isNotDone();
    }

    @Test
    void shouldRefuseCountsThatDoNotMatch() {
        assertRefused(
                ErrorReason.ERROR_REASON_DESCRIPTOR_COUNT_MISMATCH,
                () -> deposits.deposit(UID, ID, 3, descriptors(2), false));
        assertRefused(
                ErrorReason.ERROR_REASON_DESCRIPTOR_COUNT_MISMATCH,
                () -> deposits.deposit(UID, ID, 0, descriptors(0), false));
    }

    @Test
    void shouldRefuseTheCallOfATruncatedDeposit() {
        List<OwnedFd> arrived = descriptors(3);
        assertRefused(
                ErrorReason.ERROR_REASON_DESCRIPTORS_TRUNCATED, () -> deposits.deposit(UID, ID, 100, arrived, true));
        assertThat(arrived).noneMatch(OwnedFd::isOpen);
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> deposits.collect(UID, ID).join())
                .havingCause()
                .isInstanceOfSatisfying(
                        BrokerRefusal.class,
                        refusal ->
                                assertThat(refusal.reason()).isEqualTo(ErrorReason.ERROR_REASON_DESCRIPTORS_TRUNCATED));
    }

    @Test
    void shouldRefuseASecondDepositOfTheSameId() {
        deposits.deposit(UID, ID, 1, descriptors(1), false);
        assertRefused(
                ErrorReason.ERROR_REASON_DEPOSIT_DUPLICATE, () -> deposits.deposit(UID, ID, 1, descriptors(1), false));
    }

    @Test
    void shouldBoundWhatWaitsForEachUser() {
        for (int i = 0; i < 16; i++) {
            deposits.deposit(UID, ByteString.copyFromUtf8("d" + i), 1, descriptors(1), false);
        }
        assertRefused(
                ErrorReason.ERROR_REASON_LIMIT_REACHED, () -> deposits.deposit(UID, ID, 1, descriptors(1), false));
        deposits.deposit(UID + 1, ID, 1, descriptors(1), false);
    }

    @Test
    void shouldRefuseAnIdOfTheWrongLength() {
        assertRefused(ErrorReason.ERROR_REASON_INVALID_FIELD, () -> deposits.collect(UID, ByteString.EMPTY));
        assertRefused(
                ErrorReason.ERROR_REASON_INVALID_FIELD, () -> deposits.collect(UID, ByteString.copyFrom(new byte[65])));
    }

    @Test
    void shouldEndTheWaitOnBothSides() throws InterruptedException {
        deposits.deposit(UID, ID, 1, descriptors(1), false);
        CompletableFuture<List<OwnedFd>> call = deposits.collect(UID, ByteString.copyFromUtf8("other"));
        CompletableFuture<List<OwnedFd>> ended = call.whenComplete((_, _) -> loop.stop());
        Thread thread = Thread.ofPlatform().start(loop::run);
        thread.join();
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(ended::join)
                .havingCause()
                .isInstanceOfSatisfying(
                        BrokerRefusal.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(ErrorReason.ERROR_REASON_DEPOSIT_UNKNOWN));
        assertThat(deposits.collect(UID, ID)).as("the deposit was given up").isNotDone();
    }
}
