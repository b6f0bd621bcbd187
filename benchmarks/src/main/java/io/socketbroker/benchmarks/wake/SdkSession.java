package io.socketbroker.benchmarks.wake;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.client.ActivatedSocket;
import io.socketbroker.client.Session;
import io.socketbroker.client.SessionOptions;
import io.socketbroker.linux.OwnedFd;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A program that attaches through the SDK, with its defaults: a virtual thread for each socket. */
final class SdkSession implements Receiver {
    private final Broker broker;
    private final int credit;
    private final Ledger ledger;
    private final Semaphore givenBack = new Semaphore(0);
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private @Nullable Session session;
    private volatile long calledNanos;

    SdkSession(Path runtimeDirectory, int credit, Ledger ledger) {
        this.broker = new Broker(runtimeDirectory, "sdk-" + credit);
        this.credit = credit;
        this.ledger = ledger;
    }

    @Override
    public void park(List<OwnedFd> sockets, int first) {
        broker.park(sockets, first);
    }

    @Override
    public void attach() {
        session = broker.client().attach(SessionOptions.of(broker.task()).withCredit(credit), this::handle);
    }

    /** On a thread of its own for each socket. */
    private void handle(ActivatedSocket socket) {
        calledNanos = System.nanoTime();
        try {
            ledger.check(Broker.indexOf(socket.id()), socket.fd());
            socket.giveBack();
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
        givenBack.release();
    }

    @Override
    public int work(int count) {
        try {
            if (!givenBack.tryAcquire(count, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new InvalidRunException("only " + givenBack.availablePermits() + " of " + count
                        + " sockets came to the SDK's handler in time");
            }
        } catch (InterruptedException e) {
            throw new InvalidRunException("interrupted", e);
        }
        RuntimeException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        return 0;
    }

    @Override
    public List<String> stages() {
        return List.of(": handler called");
    }

    @Override
    public List<Long> reachedNanos() {
        return List.of(calledNanos);
    }

    @Override
    public void rest() {
        // The SDK sees to its credit.
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
        broker.close();
    }
}
