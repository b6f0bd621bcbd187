package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.InCustody;
import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.daemon.supervisor.NotifySocket;
import io.socketbroker.daemon.vault.Entry;
import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of {@link SystemdCustody} that works while the broker serves: messages in their order, and a barrier behind
 * them. On the conductor thread; nothing here waits.
 */
final class FdStore {
    private static final Logger log = LoggerFactory.getLogger(FdStore.class);

    private final EventLoop loop;
    private final NotifySocket socket;
    private final int mostSockets;
    private final Barriers barriers;
    private final int writable;
    private final Outbox outbox = new Outbox();
    private final Map<Integer, Long> cookieBySlot = new HashMap<>();
    private final Map<Long, Integer> slotByCookie = new HashMap<>();
    private final Queue<Runnable> completions = new ArrayDeque<>();
    private boolean awaitsRoom;

    /** Before the loop runs. */
    FdStore(EventLoop loop, NotifySocket socket, int mostSockets, Duration barrierTimeout) {
        this.loop = loop;
        this.socket = socket;
        this.mostSockets = mostSockets;
        barriers = new Barriers(loop, socket, barrierTimeout, this::goOn);
        writable = loop.addSource((_, _, _) -> {
            awaitsRoom = false;
            loop.delete(socket.fd());
            goOn();
        });
    }

    /** Before the loop runs: what the store has from the process before, and should not have. */
    void begin(StoredDescriptors stored) {
        stored.recovery()
                .sockets()
                .forEach(held -> remember(new Entry(held.slot().index(), held.cookie())));
        stored.rejected().forEach(outbox::addDrop);
        loop.submit(this::goOn);
    }

    private void remember(Entry entry) {
        cookieBySlot.put(entry.slot(), entry.cookie());
        slotByCookie.put(entry.cookie(), entry.slot());
    }

    CompletionStage<Void> put(List<Held> sockets) {
        if (sockets.isEmpty()) {
            return CompletableFuture.completedStage(null);
        }
        PendingPut put = new PendingPut(sockets.size(), completions);
        long added = sockets.stream()
                .filter(held ->
                        !cookieBySlot.containsKey(held.slot().index()) && !slotByCookie.containsKey(held.cookie()))
                .count();
        if (cookieBySlot.size() + added > mostSockets) {
            put.fail(BrokerRefusal.limit(
                    "custody-systemd-sockets",
                    mostSockets,
                    "sockets in the descriptor store of systemd",
                    "use custody with a vault for more"));
        } else {
            sockets.forEach(held -> store(held, put));
        }
        if (!loop.submit(this::goOn)) {
            goOn();
        }
        return put.stage();
    }

    private void store(Held held, PendingPut put) {
        // systemd keeps the first name of a socket, and several sockets under one name: either would be wrong here.
        Entry entry = held.entry();
        Long formerCookie = cookieBySlot.get(entry.slot());
        if (formerCookie != null && formerCookie != entry.cookie()) {
            drop(new Entry(entry.slot(), formerCookie));
        }
        Integer formerSlot = slotByCookie.get(entry.cookie());
        if (formerSlot != null && formerSlot != entry.slot()) {
            drop(new Entry(formerSlot, entry.cookie()));
        }
        remember(entry);
        if (outbox.isEmpty() && sendStore(entry, held.fd(), put)) {
            return;
        }
        try {
            outbox.addPuts(List.of(held), put);
        } catch (LinuxException e) {
            put.fail(CustodyRefusals.full("the queue for systemd: " + e.getMessage()));
        }
    }

    List<InCustody> entries() {
        List<InCustody> entries = new ArrayList<>();
        cookieBySlot.forEach((slot, cookie) -> entries.add(new InCustody(new Slot(slot), cookie)));
        return entries;
    }

    void drop(Entry entry) {
        if (!cookieBySlot.remove(entry.slot(), entry.cookie())) {
            return;
        }
        slotByCookie.remove(entry.cookie());
        if (!outbox.isEmpty() || !sendRemove(entry)) {
            outbox.addDrop(entry);
            awaitRoom();
        }
    }

    private boolean sendStore(Entry entry, Fd descriptor, PendingPut put) {
        try {
            if (!socket.send("FDSTORE=1\nFDPOLL=0\nFDNAME=" + StoredName.of(entry), List.of(descriptor))) {
                return false;
            }
            barriers.follow(put);
        } catch (LinuxException e) {
            put.fail(CustodyRefusals.unavailable("systemd: " + e.getMessage()));
        }
        return true;
    }

    private boolean sendRemove(Entry entry) {
        try {
            return socket.send("FDSTOREREMOVE=1\nFDNAME=" + StoredName.of(entry), List.of());
        } catch (LinuxException e) {
            log.error("systemd cannot be told to let go of a socket: {}", e.getMessage());
            return true;
        }
    }

    private void goOn() {
        boolean room = true;
        while (room && !outbox.isEmpty()) {
            room = sendFirst(outbox.first());
        }
        room &= barriers.raise();
        if (!room) {
            awaitRoom();
        }
        complete();
    }

    private boolean sendFirst(Outbox.Item item) {
        boolean taken;
        if (item.duplicate() != null && item.put() != null) {
            taken = sendStore(item.entry(), item.duplicate().fd(), item.put());
        } else {
            taken = sendRemove(item.entry());
        }
        if (taken) {
            outbox.removeFirst();
        }
        return taken;
    }

    private void awaitRoom() {
        if (!awaitsRoom) {
            awaitsRoom = true;
            loop.add(socket.fd(), Epoll.EPOLLOUT | Epoll.EPOLLONESHOT, writable, 0, 0);
        }
    }

    private void complete() {
        for (Runnable next = completions.poll(); next != null; next = completions.poll()) {
            next.run();
        }
    }

    /** After the loop has ended. */
    void close() {
        BrokerRefusal stopping = CustodyRefusals.stopping();
        barriers.close(stopping);
        for (Outbox.Item item : outbox.drain()) {
            if (item.put() != null) {
                item.put().fail(stopping);
            }
        }
        complete();
    }
}
