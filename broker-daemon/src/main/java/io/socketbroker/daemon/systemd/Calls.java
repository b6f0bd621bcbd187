package io.socketbroker.daemon.systemd;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * Method calls on their way to a manager, in order. A few at a time: what a manager that does not read has not taken stays
 * within the socket's buffer, so that the launcher's thread never blocks in a write. On the launcher's thread.
 */
final class Calls {
    /** Each is some hundred bytes in several writes, and a unix socket's buffer counts at least 768 for each write. */
    private static final int MOST_ON_THE_WIRE = 32;

    /** Some for each unit that there may be. */
    private static final int MOST_WAITING = 65_536;

    private final Map<Long, Call> onTheWire = new HashMap<>();
    private final Queue<Call> waiting = new ArrayDeque<>();

    private record Call(
            String path, BusCall call, Consumer<BusMessage.Reply> replied, Consumer<BusMessage.Refusal> refused) {}

    /** If too many wait already, it is refused at once. */
    void add(String path, BusCall call, Consumer<BusMessage.Reply> replied, Consumer<BusMessage.Refusal> refused) {
        if (waiting.size() >= MOST_WAITING) {
            refused.accept(new BusMessage.Refusal(0, "", "too many calls wait for the manager"));
            return;
        }
        waiting.add(new Call(path, call, replied, refused));
    }

    /** Sends what may be sent. */
    void send(BusConnection connection) throws IOException {
        while (onTheWire.size() < MOST_ON_THE_WIRE && !waiting.isEmpty()) {
            Call call = waiting.remove();
            onTheWire.put(connection.call(call.path(), call.call()), call);
        }
    }

    /** Hands the answer to its caller. */
    void answer(BusMessage message) {
        switch (message) {
            case BusMessage.Reply reply -> {
                Call call = onTheWire.remove(reply.serial());
                if (call != null) {
                    call.replied().accept(reply);
                }
            }
            case BusMessage.Refusal refusal -> {
                Call call = onTheWire.remove(refusal.serial());
                if (call != null) {
                    call.refused().accept(refusal);
                }
            }
            case BusMessage.Signal _ -> {}
        }
    }

    /** Whether the manager owes an answer. */
    boolean isAnswerDue() {
        return !onTheWire.isEmpty();
    }

    /** The connection is gone, and the answers with it. */
    void clear() {
        onTheWire.clear();
        waiting.clear();
    }
}
