package io.socketbroker.daemon.conditions;

import io.socketbroker.v1.TaskConditions;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether conditions of tasks hold, on a few threads of its own, which end when there is nothing to do. A file
 * system that does not answer keeps one of them, and the others go on.
 *
 * <p>Thread-safe. Whoever asks sees to it that each task is asked about once at a time, so that no task can keep all
 * threads.
 */
public final class ConditionEvaluator implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ConditionEvaluator.class);
    private static final int THREADS = 4;
    private static final int MOST_WAITING = 4_096;
    private static final long IDLE_SECONDS = 10;

    private final Surroundings surroundings;
    private final ThreadPoolExecutor executor;

    /** Looks for routes in the network that this process is in. */
    public ConditionEvaluator() {
        this(Path.of("/proc/net"));
    }

    /**
     * Looks for routes in another network.
     *
     * @param network a folder with the files route and ipv6_route, such as /proc/1/net, the host's, for a service that has no
     *     network of its own
     */
    public ConditionEvaluator(Path network) {
        this(Surroundings.real(network), MOST_WAITING);
    }

    ConditionEvaluator(Surroundings surroundings, int mostWaiting) {
        this.surroundings = surroundings;
        this.executor = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(mostWaiting),
                Thread.ofPlatform().name("conditions-", 0).daemon().factory());
        executor.allowCoreThreadTimeOut(true);
    }

    /**
     * Looks whether all of the conditions hold.
     *
     * @param done called once with the answer, on one of the threads; if too many others wait, or after {@link #close}, on the
     *     caller's, with the answer that they do not
     */
    public void evaluate(TaskConditions conditions, Consumer<ConditionReport> done) {
        try {
            executor.execute(() -> done.accept(look(conditions)));
        } catch (RejectedExecutionException e) {
            done.accept(unmet("not looked up, because too many other conditions wait for that"));
        }
    }

    private ConditionReport look(TaskConditions conditions) {
        try {
            return Look.at(conditions, surroundings);
        } catch (DateTimeException | InvalidPathException e) {
            // Was refused when the task was registered, unless a zone has gone from the tz database since.
            return unmet("cannot be looked up: " + e.getMessage());
        } catch (RuntimeException defect) {
            log.error("conditions cannot be looked up", defect);
            return unmet("cannot be looked up: " + defect);
        }
    }

    private static ConditionReport unmet(String reason) {
        return new ConditionReport(false, reason, Look.USUAL);
    }

    /** Does not wait for a look that hangs; answers of looks under way may still come, those of waiting ones do not. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
