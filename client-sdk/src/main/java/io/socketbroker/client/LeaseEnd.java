package io.socketbroker.client;

import io.socketbroker.v1.LeaseCompletion;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.SocketKey;
import java.time.Duration;

/**
 * How a handler ends its lease of one socket. Immutable; each {@code with} gives a changed copy.
 *
 * @param message what goes to the broker
 */
public record LeaseEnd(LeaseCompletion message) {

    /** The end of the lease that came with this generation of the socket. */
    public static LeaseEnd of(SocketKey key, long generation, LeaseOutcome outcome) {
        return new LeaseEnd(LeaseCompletion.newBuilder()
                .setKey(key)
                .setGeneration(generation)
                .setOutcome(outcome)
                .build());
    }

    /** With RETURNED: a new context instead of the former one. */
    public LeaseEnd withContext(byte[] context) {
        return new LeaseEnd(
                message.toBuilder().setContext(Protos.bytes(context)).build());
    }

    /** With RETURNED: a new keep-alive time instead of the former one, 1 s to 7 days; zero means none. */
    public LeaseEnd withKeepAlive(Duration interval) {
        return withKeepAlive(KeepAliveOptions.every(interval));
    }

    /** With RETURNED: a new keep-alive instead of all of the former one. */
    public LeaseEnd withKeepAlive(KeepAliveOptions keepAlive) {
        return new LeaseEnd(
                message.toBuilder().setKeepAlive(keepAlive.message()).build());
    }
}
