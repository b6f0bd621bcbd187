package io.socketbroker.daemon;

import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.SignalFd;
import io.socketbroker.linux.Signals;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SIGHUP means a reload, on a thread of its own, for a process that was started so (bin/socketbroker does). */
final class HangUps {
    private static final Logger log = LoggerFactory.getLogger(HangUps.class);

    private HangUps() {}

    /** From now on, until the process ends. Without the start for it SIGHUP ends the process, as it ends others. */
    static void reload(RunningBroker broker) {
        Optional<SignalFd> signals = SignalFd.open(Signals.SIGHUP);
        if (signals.isEmpty()) {
            log.debug("SIGHUP is not for reloads: the process was not started with it ignored and blocked");
            return;
        }
        Thread.ofPlatform().name("signals").daemon().start(() -> serve(signals.get(), broker));
    }

    private static void serve(SignalFd signals, RunningBroker broker) {
        try (signals) {
            while (true) {
                signals.await();
                // Errors are in the log; who sends a signal hears nothing.
                broker.reload().exceptionally(failure -> {
                    log.error("SIGHUP: the reload has failed: {}", failure.getMessage());
                    return io.socketbroker.v1.ReloadResponse.getDefaultInstance();
                });
            }
        } catch (LinuxException e) {
            log.error("SIGHUP is not for reloads any more", e);
        }
    }
}
