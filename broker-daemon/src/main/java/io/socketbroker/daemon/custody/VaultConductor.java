package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.daemon.time.Timers;
import io.socketbroker.daemon.vault.Entry;
import io.socketbroker.daemon.vault.Frame;
import io.socketbroker.daemon.vault.Kind;
import io.socketbroker.daemon.vault.Reason;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of {@link VaultCustody} that works while the broker serves: what is sent, what waits, and how a vault is filled
 * again. On the conductor thread; nothing here waits.
 */
final class VaultConductor implements VaultLine.Listener {
    private static final Logger log = LoggerFactory.getLogger(VaultConductor.class);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long WHOLE = -1;

    /** Of a refill, so that the conductor gets to its other work. */
    private static final int PIECES_PER_TURN = 4;

    private final EventLoop loop;
    private final Refill refill;
    private final VaultSettings settings;
    private final VaultLine line;
    private final Backlog backlog;
    private final Outbox outbox;
    private final Waiting waiting;
    private final Queue<Runnable> completions = new ArrayDeque<>();

    private @Nullable Filling filling;
    private long partialSinceNanos;
    private Timers.@Nullable Timer retry;

    /** Before the loop runs. */
    VaultConductor(
            EventLoop loop,
            Refill refill,
            VaultConnector connector,
            DescriptorChannel channel,
            VaultSettings settings) {
        this.loop = loop;
        this.refill = refill;
        this.settings = settings;
        line = new VaultLine(loop, connector, channel, settings.answerTimeout().toNanos(), this);
        backlog = new Backlog(settings.mostQueued());
        outbox = backlog.outbox();
        waiting = backlog.waiting();
        partialSinceNanos = loop.nowNanos();
    }

    /**
     * The loop runs.
     *
     * @param accepted a connection that the vault has accepted as the broker's already, if there is one
     * @param toDrop what the vault should not hold
     * @param emptied whether the vault may have lost what it held before
     */
    void begin(@Nullable OwnedFd accepted, List<Entry> toDrop, boolean emptied) {
        toDrop.forEach(outbox::addDrop);
        line.begin(accepted);
        if (!line.isUp()) {
            limitPatience();
        } else if (emptied || waiting.size() > 0) {
            filling = new Filling();
        } else {
            partialSinceNanos = WHOLE;
        }
        done();
    }

    CompletionStage<Void> put(List<Held> sockets) {
        PendingPut put = new PendingPut(sockets.size(), completions);
        if (sockets.isEmpty()) {
            return CompletableFuture.completedStage(null);
        }
        for (int i = 0; i < sockets.size(); i += Frame.MOST_ENTRIES) {
            place(sockets.subList(i, Math.min(sockets.size(), i + Frame.MOST_ENTRIES)), put);
        }
        completeLater();
        return put.stage();
    }

    private void place(List<Held> sockets, PendingPut put) {
        List<Entry> entries = Held.entries(sockets);
        if (line.isUp() && outbox.isEmpty()) {
            Request request = new Request.Put(entries, Collections.nCopies(entries.size(), put));
            if (line.send(request, 0, Held.descriptors(sockets))) {
                return;
            }
        }
        if (!line.isUp() && isOutOfPatience()) {
            put.fail(CustodyRefusals.unavailable("the vault is away"));
        } else if (!backlog.hasRoomFor(sockets.size())) {
            put.fail(CustodyRefusals.queueFull(settings.mostQueued()));
        } else if (line.isUp()) {
            queue(sockets, put);
        } else {
            entries.forEach(entry -> waiting.add(entry, put));
        }
    }

    private void queue(List<Held> sockets, PendingPut put) {
        try {
            outbox.addPuts(sockets, put);
        } catch (LinuxException e) {
            put.fail(CustodyRefusals.full("the vault is busy, and the queue for it: " + e.getMessage()));
        }
        goOn();
    }

    void drop(Entry entry) {
        waiting.settle(entry);
        if (!line.isUp() || !outbox.isEmpty() || !line.send(new Request.Drop(List.of(entry)), 0, List.of())) {
            outbox.addDrop(entry);
            goOn();
        }
        completeLater();
    }

    CompletableFuture<List<Entry>> inventory() {
        CompletableFuture<List<Entry>> whole = new CompletableFuture<>();
        look(new Request.Look(new ArrayList<>(), whole), 0);
        completeLater();
        return whole;
    }

    private void look(Request.Look request, int firstSlot) {
        if (!line.isUp() || !line.send(request, firstSlot, List.of())) {
            completions.add(() ->
                    request.whole().completeExceptionally(CustodyRefusals.unavailable("the vault is busy or away")));
        }
    }

    int vaultPid() {
        return line.isUp() ? line.peerPid() : 0;
    }

    boolean isWhole() {
        return line.isUp() && partialSinceNanos == WHOLE;
    }

    @Override
    public void opened() {
        filling = new Filling();
    }

    @Override
    public void answered(Request request, Frame answer) {
        boolean refused = answer.kind() == Kind.REFUSED;
        switch (request) {
            case Request.Put put
            when refused -> {
                BrokerRefusal refusal = answer.reason() == Reason.DESCRIPTOR_LIMIT
                        ? CustodyRefusals.full(answer.text())
                        : CustodyRefusals.defect(answer.text());
                put.owners().forEach(owner -> owner.fail(refusal));
            }
            case Request.Put put -> put.owners().forEach(PendingPut::settle);
            case Request.Slice slice -> {
                if (filling != null) {
                    filling.answered(!refused);
                }
                if (!refused) {
                    slice.entries().forEach(waiting::settle);
                }
            }
            case Request.Look look -> {
                look.seen().addAll(answer.entries());
                if (answer.kind() == Kind.SHOWN) {
                    look(look, answer.number());
                } else {
                    completions.add(() -> look.whole().complete(look.seen()));
                }
            }
            case Request.Drop _, Request.Open _ -> {}
        }
    }

    @Override
    public void lost(List<Request> unanswered) {
        filling = null;
        if (partialSinceNanos == WHOLE) {
            partialSinceNanos = loop.nowNanos();
        }
        end(unanswered, CustodyRefusals.unavailable("the vault is away"));
        limitPatience();
    }

    private void end(List<Request> unanswered, BrokerRefusal refusal) {
        backlog.interrupted(unanswered);
        for (Request request : unanswered) {
            if (request instanceof Request.Look look) {
                completions.add(() -> look.whole().completeExceptionally(refusal));
            }
        }
    }

    private void limitPatience() {
        loop.schedule(settings.outageLimit().toNanos(), () -> {
            if (isOutOfPatience()) {
                waiting.failAll(CustodyRefusals.unavailable(
                        "the vault has been away for " + settings.outageLimit().toMillis() + " ms"));
                complete();
            }
        });
    }

    private boolean isOutOfPatience() {
        return partialSinceNanos != WHOLE
                && loop.nowNanos() - partialSinceNanos >= settings.outageLimit().toNanos();
    }

    @Override
    public void done() {
        goOn();
        complete();
    }

    /** Sends what waits: first the queue, then what the refill still has. */
    private void goOn() {
        int pieces = 0;
        boolean progress = true;
        while (progress && line.isUp()) {
            if (!outbox.isEmpty()) {
                progress = sendQueued();
            } else {
                progress = pieces < PIECES_PER_TURN && fill();
                pieces++;
            }
        }
        if (pieces > PIECES_PER_TURN) {
            loop.submit(this::done);
        }
        if (line.isUp() && filling != null && filling.isDone()) {
            filled(filling.wasRefused());
        }
        if (line.isUp() && line.isIdle() && retry == null && (!outbox.isEmpty() || filling != null)) {
            // Held up by what other programs have on their way: no answer will tell when to go on.
            retry = loop.schedule(RETRY_NANOS, () -> {
                retry = null;
                done();
            });
        }
    }

    private boolean sendQueued() {
        Outbox.Run run = outbox.head();
        Request request = run.isPut() ? new Request.Put(run.entries(), run.owners()) : new Request.Drop(run.entries());
        if (!line.send(request, 0, run.descriptors())) {
            return false;
        }
        outbox.remove(run);
        return true;
    }

    /** False when there is nothing to do for now. */
    private boolean fill() {
        Filling current = filling;
        if (current == null) {
            return false;
        }
        if (current.needsSurvey()) {
            survey(current);
            return false;
        }
        if (!current.mayGoOn()) {
            return false;
        }
        List<Held> piece = refill.from(current.nextSlot(), Frame.MOST_ENTRIES);
        if (piece.isEmpty()) {
            current.exhaust();
            return false;
        }
        List<Held> missing = current.missing(piece);
        if (!missing.isEmpty() && !line.send(new Request.Slice(Held.entries(missing)), 0, Held.descriptors(missing))) {
            return false;
        }
        current.passed(piece.getLast().slot().index(), !missing.isEmpty());
        return true;
    }

    private void survey(Filling current) {
        current.surveying(true);
        CompletableFuture<List<Entry>> whole = new CompletableFuture<>();
        CompletableFuture<Void> _ = whole.handle((present, failure) -> {
            current.surveying(false);
            if (failure == null) {
                current.surveyed(present);
                present.forEach(waiting::settle);
                goOn();
            }
            return null;
        });
        look(new Request.Look(new ArrayList<>(), whole), 0);
    }

    private void filled(boolean refused) {
        filling = null;
        waiting.failAll(CustodyRefusals.unavailable("the vault took not all when it came back"));
        if (refused) {
            log.error("the vault holds not everything; it is offered again in {}", settings.refillPause());
            loop.schedule(settings.refillPause().toNanos(), this::fillAgain);
        } else {
            partialSinceNanos = WHOLE;
            log.info("the vault holds everything again");
        }
    }

    private void fillAgain() {
        if (line.isUp() && filling == null) {
            filling = new Filling();
            done();
        }
    }

    private void completeLater() {
        if (!completions.isEmpty() && !loop.submit(this::complete)) {
            complete();
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
        end(line.close(), stopping);
        backlog.failAll(stopping);
        complete();
    }
}
