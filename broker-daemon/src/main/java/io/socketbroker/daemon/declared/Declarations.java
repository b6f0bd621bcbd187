package io.socketbroker.daemon.declared;

import io.socketbroker.configuration.Configuration;
import io.socketbroker.configuration.ConfigurationException;
import io.socketbroker.configuration.Problem;
import io.socketbroker.daemon.conductor.Conductor;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.ReloadResponse;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The configuration of a running broker, and its reloads, one after the other. Thread-safe. */
public final class Declarations implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Declarations.class);
    private static final int MOST_WAITING = 16;
    private static final long STOP_SECONDS = 5;

    private final Broker broker;
    private final Configuration started;
    private final Supplier<Configuration> source;
    private final Manager manager;
    private final ThreadPoolExecutor executor = new ThreadPoolExecutor(
            1,
            1,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            work -> Thread.ofPlatform().name("configuration").daemon().unstarted(work));

    /** Who hears of a reload: the service manager. */
    public interface Manager {
        /** It begins. */
        void reloading();

        /** It has ended, well or not: the broker serves as before. */
        void reloaded();
    }

    /**
     * Nothing is done yet.
     *
     * @param uid of the broker
     * @param started with this one: what needs a restart is as it says
     * @param source reads the files anew, or throws {@link ConfigurationException}
     */
    public Declarations(
            Conductor conductor, int uid, Configuration started, Supplier<Configuration> source, Manager manager) {
        this.broker = new Broker(conductor, uid);
        this.started = started;
        this.source = source;
        this.manager = manager;
        executor.allowCoreThreadTimeOut(true);
    }

    /** At the start of the broker: makes what is declared, or finds it restored. What fails is in the log and an event. */
    public void begin() {
        Report report = new Reconciliation(broker, started).run();
        if (!report.changes().isEmpty() || !report.failures().isEmpty()) {
            tell(report);
        }
    }

    /** Reads the files and does what has changed; nothing if they are wrong. */
    public CompletableFuture<ReloadResponse> reload() {
        try {
            return CompletableFuture.supplyAsync(this::reloadNow, executor);
        } catch (RejectedExecutionException _) {
            return CompletableFuture.failedFuture(new BrokerRefusal(
                    io.socketbroker.v1.ErrorReason.ERROR_REASON_STOPPING,
                    "",
                    "the broker is stopping, or too many reloads wait; try again"));
        }
    }

    private ReloadResponse reloadNow() {
        manager.reloading();
        try {
            return read();
        } catch (RuntimeException e) {
            log.error("the reload has failed", e);
            throw e;
        } finally {
            manager.reloaded();
        }
    }

    private ReloadResponse read() {
        ReloadResponse.Builder response = ReloadResponse.newBuilder();
        Configuration configuration;
        try {
            configuration = source.get();
        } catch (ConfigurationException e) {
            List<String> errors = e.problems().stream().map(Problem::toString).toList();
            errors.forEach(error -> log.error("configuration: {}", error));
            broker.tell(
                    EventType.EVENT_TYPE_CONFIGURATION_FAILED,
                    errors.size() + " errors, nothing is changed; the first: " + errors.getFirst());
            return response.addAllErrors(errors).build();
        }
        List<String> restart = started.needingRestart(configuration);
        if (!restart.isEmpty()) {
            log.warn("configuration: another value of these counts after a restart: {}", restart);
        }
        Report report = new Reconciliation(broker, configuration).run();
        tell(report);
        return response.addAllChanges(report.changes())
                .addAllFailures(report.failures())
                .addAllNeedsRestart(restart)
                .build();
    }

    private void tell(Report report) {
        report.changes().forEach(change -> log.info("configuration: {}", change));
        report.failures().forEach(failure -> {
            log.error("configuration: {}; tried again at the next reload", failure);
            broker.tell(EventType.EVENT_TYPE_CONFIGURATION_FAILED, failure);
        });
        broker.tell(
                EventType.EVENT_TYPE_CONFIGURATION_APPLIED,
                report.changes().isEmpty() ? "nothing has changed" : String.join("; ", report.changes()));
    }

    /** Lets a reload that runs end, for a short time. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
