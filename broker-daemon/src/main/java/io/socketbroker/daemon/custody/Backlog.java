package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.vault.Entry;
import java.util.List;

/**
 * What the vault has not been sent: the {@link Outbox} while it is there but busy, and the puts that are {@link Waiting}
 * while it is away. On the conductor thread.
 */
final class Backlog {
    private final Outbox outbox = new Outbox();
    private final Waiting waiting = new Waiting();
    private final int mostPuts;

    /** With a limit of puts. */
    Backlog(int mostPuts) {
        this.mostPuts = mostPuts;
    }

    Outbox outbox() {
        return outbox;
    }

    Waiting waiting() {
        return waiting;
    }

    boolean hasRoomFor(int morePuts) {
        return outbox.puts() + waiting.size() + morePuts <= mostPuts;
    }

    /**
     * The connection is lost: puts wait for the refill, and drops are sent again before it. A drop ends the wait of a put
     * of the same socket before it.
     *
     * @param unanswered in their order
     */
    void interrupted(List<Request> unanswered) {
        List<Outbox.Item> queued = outbox.drain();
        for (Request request : unanswered) {
            if (request instanceof Request.Put put) {
                for (int i = 0; i < put.entries().size(); i++) {
                    waiting.add(put.entries().get(i), put.owners().get(i));
                }
            } else if (request instanceof Request.Drop drop) {
                drop.entries().forEach(this::drop);
            }
        }
        for (Outbox.Item item : queued) {
            if (item.put() == null) {
                drop(item.entry());
            } else {
                waiting.add(item.entry(), item.put());
            }
        }
    }

    /** To be sent when there is a way. */
    private void drop(Entry entry) {
        waiting.settle(entry);
        outbox.addDrop(entry);
    }

    /** The broker stops. */
    void failAll(BrokerRefusal refusal) {
        for (Outbox.Item item : outbox.drain()) {
            if (item.put() != null) {
                item.put().fail(refusal);
            }
        }
        waiting.failAll(refusal);
    }
}
