package io.socketbroker.daemon.core;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.ItemError;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TransferItem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes sockets into ownership: all of a batch or none. */
final class Transfers {
    private final BrokerState state;
    private final Parking parking;
    private final Dispatcher dispatcher;
    private final Tasks tasks;

    Transfers(BrokerState state, Parking parking, Dispatcher dispatcher, Tasks tasks) {
        this.state = state;
        this.parking = parking;
        this.dispatcher = dispatcher;
        this.tasks = tasks;
    }

    List<Brokerage.Adopted> transfer(
            Caller caller, String appOrEmpty, List<TransferItem> items, List<Candidate> candidates) {
        if (items.size() != candidates.size()) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_DESCRIPTOR_COUNT_MISMATCH,
                    "items",
                    items.size() + " items for " + candidates.size() + " descriptors; there must be one for each");
        }
        String app = ItemRules.app(appOrEmpty, caller.uid(), "app");
        tasks.requireAppOf(app, caller.uid(), "app");
        List<ItemError> errors = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        Set<Long> cookies = new HashSet<>();
        for (int index = 0; index < items.size(); index++) {
            TransferItem item = items.get(index);
            try {
                check(caller, app, item, candidates.get(index), "items[" + index + "]");
                requireNewInBatch(
                        ids.add(item.getSocketId()),
                        cookies.add(candidates.get(index).cookie()),
                        index);
            } catch (BrokerRefusal refusal) {
                errors.add(refusal.asItem(index, item.getSocketId()));
            }
        }
        if (!errors.isEmpty()) {
            throw BrokerRefusal.batch(errors);
        }
        checkLimits(caller, items);
        List<Brokerage.Adopted> adopted = new ArrayList<>(items.size());
        for (int index = 0; index < items.size(); index++) {
            adopted.add(adopt(caller, app, items.get(index), candidates.get(index)));
        }
        return adopted;
    }

    private static void requireNewInBatch(boolean newId, boolean newCookie, int index) {
        if (!newId) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_SOCKET_ID_IN_USE,
                    "items[" + index + "].socket_id",
                    "stands twice in this batch");
        }
        if (!newCookie) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_SOCKET_ALREADY_BROKERED,
                    "items[" + index + "]",
                    "the same kernel socket stands twice in this batch");
        }
    }

    private void check(Caller caller, String app, TransferItem item, Candidate candidate, String field) {
        ItemRules.checkSocketId(item.getSocketId(), field + ".socket_id");
        SocketName name = new SocketName(caller.uid(), app, item.getSocketId());
        tasks.require(new TaskName(caller.uid(), app, item.getTask()), field + ".task");
        ItemRules.checkContext(item.getContext(), field + ".context", state.limits);
        OptionRules.check(item.getKeepAlive(), candidate, field + ".keep_alive");
        OptionRules.check(item.getOptions(), item.getKeepAlive(), candidate, field + ".options");
        Optional<SocketEntry> sameKernelSocket = state.sockets.withCookie(candidate.cookie());
        if (sameKernelSocket.isPresent()) {
            if (!comesBack(sameKernelSocket.get(), name)) {
                throw new BrokerRefusal(
                        ErrorReason.ERROR_REASON_SOCKET_ALREADY_BROKERED,
                        field,
                        caller.sees(sameKernelSocket.get().name.uid())
                                ? "this kernel socket is with the broker as " + sameKernelSocket.get().name
                                : "this kernel socket is with the broker for another user");
            }
        } else if (state.sockets.named(name).isPresent() && !item.getReplace()) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_SOCKET_ID_IN_USE,
                    field + ".socket_id",
                    "socket " + name + " exists; choose another id, or set replace to close the former one");
        }
    }

    private static boolean comesBack(SocketEntry socket, SocketName name) {
        return socket.name.equals(name)
                && socket.is(SocketState.SOCKET_STATE_LEASED)
                && socket.lease != null
                && socket.lease.handedOver;
    }

    private void checkLimits(Caller caller, List<TransferItem> items) {
        String uid = "uid " + Integer.toUnsignedString(caller.uid());
        if (state.sockets.size() + items.size() > state.limits.sockets()) {
            throw BrokerRefusal.limit(
                    "sockets", state.limits.sockets(), state.sockets.largestHolder(), "close or reclaim some");
        }
        if (state.sockets.sizeOf(caller.uid()) + items.size() > state.limits.socketsPerUid()) {
            throw BrokerRefusal.limit("sockets-per-uid", state.limits.socketsPerUid(), uid, "close or reclaim some");
        }
        long contexts =
                items.stream().mapToLong(item -> item.getContext().size()).sum();
        if (state.sockets.contextBytesOf(caller.uid()) + contexts > state.limits.contextBytesPerUid()) {
            throw BrokerRefusal.limit(
                    "context-bytes-per-uid", state.limits.contextBytesPerUid(), uid, "use smaller contexts");
        }
    }

    private Brokerage.Adopted adopt(Caller caller, String app, TransferItem item, Candidate candidate) {
        // One copy of the names for all its sockets.
        TaskEntry task = tasks.require(new TaskName(caller.uid(), app, item.getTask()), "task");
        SocketName name = new SocketName(caller.uid(), task.name.app(), item.getSocketId());
        Optional<SocketEntry> leased = state.sockets.withCookie(candidate.cookie());
        if (leased.isPresent()) {
            leased.get().giverPid = caller.pid();
            return comeBack(leased.get(), item);
        }
        state.sockets.named(name).ifPresent(former -> {
            dispatcher.withdraw(former);
            parking.revoke(former, "replaced by a new socket of that id");
            parking.close(former, true, "replaced by a new socket of that id");
        });
        Optional<FormerOwnership.Former> former = state.former.of(name, candidate.cookie());
        state.former.forget(candidate.cookie());
        SocketEntry entry = new SocketEntry(
                state.sockets.nextSlot(),
                name,
                task.name,
                candidate,
                state.wallTime,
                "",
                item.getOptions(),
                item.hasContext()
                        ? item.getContext()
                        : former.map(FormerOwnership.Former::context).orElse(ByteString.EMPTY),
                item.hasKeepAlive()
                        ? item.getKeepAlive()
                        : former.map(FormerOwnership.Former::keepAlive).orElse(KeepAlive.getDefaultInstance()));
        entry.giverPid = caller.pid();
        entry.generation = state.newGeneration();
        state.sockets.add(entry);
        parking.listenToNetwork(entry);
        state.changed(entry);
        return new Brokerage.Adopted(entry.slot(), false);
    }

    /** A handler gives its leased socket back by a transfer instead of a completion. */
    private Brokerage.Adopted comeBack(SocketEntry socket, TransferItem item) {
        state.leaseEnded(requireNonNull(socket.lease));
        int formerBytes = socket.context.size();
        if (item.hasContext()) {
            socket.context = item.getContext();
            state.sockets.contextChanged(socket, formerBytes);
        }
        if (item.hasKeepAlive()) {
            socket.keepAlive = item.getKeepAlive();
        }
        if (item.hasOptions()) {
            socket.options = item.getOptions();
            parking.listenToNetwork(socket);
        }
        socket.failedAttempts = 0;
        socket.state = SocketState.SOCKET_STATE_DEPOSITED;
        state.changed(socket);
        return new Brokerage.Adopted(socket.slot(), true);
    }

    /** Custody of these is made: they are watched from here on. */
    void custodyTaken(List<SocketEntry> taken) {
        for (SocketEntry socket : taken) {
            if (socket.is(SocketState.SOCKET_STATE_DEPOSITED)) {
                state.emit(EventType.EVENT_TYPE_SOCKET_TRANSFERRED, socket, "");
                parking.park(socket, "");
            }
        }
    }
}
