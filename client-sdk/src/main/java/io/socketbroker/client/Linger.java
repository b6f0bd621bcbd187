package io.socketbroker.client;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a launched handler attached for more work, on its caller's thread. Apart from other classes so that only programs
 * that stay load gRPC.
 */
final class Linger {

    private static final Logger LOG = LoggerFactory.getLogger(Linger.class);

    /**
     * Between the word that no more work is wanted and the end: much longer than a message takes, so that what the broker
     * sent before it read that word is still worked on here. What comes even later costs a launch, but is not lost.
     */
    private static final Duration ON_ITS_WAY = Duration.ofMillis(100);

    private Linger() {}

    /**
     * Attaches, lets the launch's sockets go back to the broker, and returns when nothing was in use for the linger time and nothing is any more, or {@link
     * CreditLedger#hurry} and nothing is. At once if the broker does not let it attach.
     *
     * @param credits counts the work of the launch, too
     */
    static void stay(
            ActivationContext activation,
            ClientTimeouts timeouts,
            SessionOptions options,
            SocketHandler handler,
            CreditLedger credits) {
        try (var client = BrokerClient.builder()
                .runtimeDirectory(activation.environment().directory().path())
                .app(activation.app())
                .timeouts(timeouts)
                .connect()) {
            var session = client.attach(options, handler, credits);
            activation.lease().releaseReturns();
            stopWhenIdle(activation.linger(), credits);
            Futures.await(session.drain());
            LOG.debug("the handler of task {} leaves after {}", options.task(), session.counts());
        } catch (BrokerException e) {
            LOG.info("the handler of task {} does not stay: {}", options.task(), e.getMessage());
        } finally {
            activation.lease().releaseReturns();
        }
    }

    private static void stopWhenIdle(Duration idle, CreditLedger credits) {
        try {
            if (credits.stopWhenIdle(idle)) {
                Thread.sleep(ON_ITS_WAY);
            }
        } catch (InterruptedException e) {
            // The program is in a hurry: what runs is finished all the same.
            Thread.currentThread().interrupt();
        }
    }
}
