package io.socketbroker.daemon.custody;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.daemon.core.InCustody;
import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What a broker is to custody: a loop on a thread, and a table of descriptors from which it is filled again. */
final class CustodyHarness implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final EventLoop loop = new EventLoop();
    private final Custody custody;
    /** On the loop's thread, once it runs. */
    private final TreeMap<Integer, OwnedFd> table = new TreeMap<>();

    private final Thread thread;

    private CustodyHarness(Custody custody) {
        this.custody = custody;
        this.thread = Thread.ofPlatform().name("conductor").unstarted(loop::run);
    }

    /** A broker that adopts everything there is. */
    static CustodyHarness start(Custody custody) throws IOException {
        CustodyHarness harness = new CustodyHarness(custody);
        Recovery recovery = custody.recover();
        assertThat(recovery.problems()).isEmpty();
        harness.serve(recovery);
        return harness;
    }

    /** A broker that adopts what it was given, whatever the problems. */
    static CustodyHarness start(Custody custody, Recovery recovery) {
        CustodyHarness harness = new CustodyHarness(custody);
        harness.serve(recovery);
        return harness;
    }

    private void serve(Recovery recovery) {
        recovery.sockets().forEach(socket -> table.put(socket.slot().index(), socket.descriptor()));
        custody.serve(loop, this::from);
        thread.start();
    }

    private List<Held> from(int firstSlot, int atMost) {
        List<Held> slice = new ArrayList<>();
        table.tailMap(firstSlot).forEach((slot, descriptor) -> {
            if (slice.size() < atMost) {
                slice.add(held(slot, descriptor));
            }
        });
        return slice;
    }

    static Held held(int slot, OwnedFd descriptor) {
        return new Held(new Slot(slot), SocketOptions.cookie(descriptor.fd()), descriptor.fd());
    }

    /** On the loop's thread. */
    <T> T call(Supplier<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        assertThat(loop.submit(() -> {
                    try {
                        done.complete(work.get());
                    } catch (RuntimeException e) {
                        done.completeExceptionally(e);
                    }
                }))
                .isTrue();
        return done.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Binds descriptors to slots from this one on, as their owner, and puts them. */
    CompletableFuture<Void> put(int firstSlot, List<OwnedFd> descriptors) {
        CompletableFuture<Void> put = call(() -> {
            List<Held> sockets = new ArrayList<>();
            for (OwnedFd descriptor : descriptors) {
                int slot = firstSlot + sockets.size();
                assertThat(table.put(slot, descriptor)).as("slot %d", slot).isNull();
                sockets.add(held(slot, descriptor));
            }
            return custody.put(sockets).toCompletableFuture();
        });
        // A refusal at once comes behind the call.
        call(() -> put);
        return put;
    }

    /** Puts and waits until all are safe. */
    void putSafely(int firstSlot, List<OwnedFd> descriptors) {
        assertThat(put(firstSlot, descriptors)).succeedsWithin(PATIENCE);
    }

    /** Drops and closes. */
    void drop(int slot) {
        call(() -> {
            try (OwnedFd descriptor = requireNonNull(table.remove(slot))) {
                custody.drop(new Slot(slot), SocketOptions.cookie(descriptor.fd()));
            }
            return slot;
        });
    }

    /** What the table has, as custody should have it. */
    List<InCustody> expected() {
        return call(() -> table.entrySet().stream()
                .map(held -> new InCustody(
                        new Slot(held.getKey()),
                        SocketOptions.cookie(held.getValue().fd())))
                .toList());
    }

    /** Until the vault holds exactly what the table has. */
    void awaitWhole() {
        VaultCustody vault = (VaultCustody) custody;
        await().atMost(PATIENCE).until(() -> call(vault::isWhole));
        assertThat(call(vault::inventory)).succeedsWithin(PATIENCE).isEqualTo(expected());
    }

    /** The broker ends in order; what custody holds stays there. */
    @Override
    public void close() {
        loop.stop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        loop.close();
        custody.close();
        table.values().forEach(OwnedFd::close);
    }
}
