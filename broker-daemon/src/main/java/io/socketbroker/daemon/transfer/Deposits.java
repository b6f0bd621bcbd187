package io.socketbroker.daemon.transfer;

import com.google.protobuf.ByteString;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.daemon.time.Timers;
import io.socketbroker.daemon.watch.LingeringSockets;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.ErrorReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Where descriptors from fd.sock and the gRPC calls that belong to them meet, whichever comes first. On the conductor
 * thread.
 */
public final class Deposits implements AutoCloseable {
    private static final int MOST_ID_BYTES = 64;
    private static final int MOST_PER_UID = 16;

    private final EventLoop loop;
    private final long waitNanos;
    private final Map<Key, Deposit> deposits = new HashMap<>();
    private final Map<Key, Waiting> calls = new HashMap<>();

    /** A uid can only meet its own deposits, whatever id it guesses. */
    private record Key(int uid, ByteString id) {}

    private record Deposit(List<OwnedFd> descriptors, boolean truncated, Timers.Timer timer) {}

    private record Waiting(CompletableFuture<List<OwnedFd>> call, Timers.Timer timer) {}

    /** Each side waits so long for the other. */
    public Deposits(EventLoop loop, long waitNanos) {
        this.loop = loop;
        this.waitNanos = waitNanos;
    }

    /** Takes ownership of the descriptors in any case. A truncated deposit is refused here, and so is the call for it. */
    public void deposit(int uid, ByteString id, int announced, List<OwnedFd> descriptors, boolean truncated) {
        Key key = new Key(uid, id);
        try {
            check(key, announced, descriptors, truncated);
        } catch (BrokerRefusal refusal) {
            closeAll(descriptors);
            throw refusal;
        }
        int arrived = descriptors.size();
        if (truncated) {
            // At once: the process has no room, and these take some of it.
            closeAll(descriptors);
        }
        Waiting waiting = calls.remove(key);
        if (waiting != null) {
            loop.cancel(waiting.timer);
            hand(waiting.call, descriptors, truncated);
        } else {
            deposits.put(key, new Deposit(descriptors, truncated, loop.schedule(waitNanos, () -> forget(key))));
        }
        if (truncated) {
            throw truncated("deposit_id", arrived);
        }
    }

    /** Not all of the descriptors came, and those that did are closed. */
    public static BrokerRefusal truncated(String field, int arrived) {
        return new BrokerRefusal(
                ErrorReason.ERROR_REASON_DESCRIPTORS_TRUNCATED,
                field,
                "only " + arrived + " descriptors arrived: the broker has no room for more"
                        + " (MSG_CTRUNC); they were closed, and the sockets are still yours");
    }

    private void check(Key key, int announced, List<OwnedFd> descriptors, boolean truncated) {
        checkId(key.id, "deposit.deposit_id");
        if (!truncated && (descriptors.isEmpty() || announced != descriptors.size())) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_DESCRIPTOR_COUNT_MISMATCH,
                    "deposit.descriptor_count",
                    "says " + Integer.toUnsignedString(announced) + ", but " + descriptors.size()
                            + " descriptors came; 1 to 253 must come");
        }
        if (deposits.containsKey(key)) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_DEPOSIT_DUPLICATE,
                    "deposit.deposit_id",
                    "a deposit of that id waits already; use 16 random bytes");
        }
        if (deposits.keySet().stream().filter(other -> other.uid == key.uid).count() >= MOST_PER_UID) {
            throw BrokerRefusal.limit(
                    "deposits-per-uid",
                    MOST_PER_UID,
                    "uid " + Integer.toUnsignedString(key.uid),
                    "call TransferOwnership for them first");
        }
    }

    /** The caller becomes the owner of the descriptors, now or later; or a refusal comes. */
    public CompletableFuture<List<OwnedFd>> collect(int uid, ByteString id) {
        checkId(id, "deposit_id");
        Key key = new Key(uid, id);
        CompletableFuture<List<OwnedFd>> call = new CompletableFuture<>();
        Deposit deposit = deposits.remove(key);
        if (deposit != null) {
            loop.cancel(deposit.timer);
            hand(call, deposit.descriptors, deposit.truncated);
            return call;
        }
        if (calls.containsKey(key)) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_DEPOSIT_DUPLICATE, "deposit_id", "another call waits for that deposit");
        }
        if (calls.keySet().stream().filter(other -> other.uid == uid).count() >= MOST_PER_UID) {
            throw BrokerRefusal.limit(
                    "waiting-transfers-per-uid",
                    MOST_PER_UID,
                    "uid " + Integer.toUnsignedString(uid),
                    "deposit their descriptors first");
        }
        calls.put(key, new Waiting(call, loop.schedule(waitNanos, () -> expire(key))));
        return call;
    }

    private static void checkId(ByteString id, String field) {
        if (id.isEmpty() || id.size() > MOST_ID_BYTES) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_INVALID_FIELD, field, "must have 1 to " + MOST_ID_BYTES + " bytes");
        }
    }

    private static void hand(CompletableFuture<List<OwnedFd>> call, List<OwnedFd> descriptors, boolean truncated) {
        if (truncated) {
            call.completeExceptionally(truncated("deposit_id", descriptors.size()));
        } else {
            call.complete(descriptors);
        }
    }

    private void expire(Key key) {
        Waiting waiting = calls.remove(key);
        if (waiting != null) {
            waiting.call.completeExceptionally(new BrokerRefusal(
                    ErrorReason.ERROR_REASON_DEPOSIT_UNKNOWN,
                    "deposit_id",
                    "no deposit of that id came within " + waitNanos / 1_000_000 + " ms; send it on fd.sock"));
        }
    }

    private void forget(Key key) {
        Deposit deposit = deposits.remove(key);
        if (deposit != null) {
            closeAll(deposit.descriptors);
        }
    }

    /** Closes descriptors that nobody took. */
    public static void closeAll(List<OwnedFd> descriptors) {
        descriptors.forEach(LingeringSockets::close);
    }

    @Override
    public void close() {
        List.copyOf(deposits.keySet()).forEach(this::forget);
        new ArrayList<>(calls.keySet()).forEach(this::expire);
    }
}
