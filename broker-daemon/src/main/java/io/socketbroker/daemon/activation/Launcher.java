package io.socketbroker.daemon.activation;

import io.socketbroker.daemon.core.LaunchPlan;
import io.socketbroker.daemon.faults.FailPoint;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.NullDevice;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Pipes;
import io.socketbroker.linux.ResourceLimits;
import io.socketbroker.linux.SpawnRequest;
import io.socketbroker.linux.SpawnRequest.Mapping;
import io.socketbroker.linux.SpawnedProcess;
import io.socketbroker.linux.Spawner;
import io.socketbroker.v1.LaunchStyle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts handlers, one after the other, on a thread of its own: posix_spawn(3) returns only when the program has been
 * loaded, and that may take a disk or a network.
 */
public final class Launcher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Launcher.class);

    /** sd_listen_fds(3): SD_LISTEN_FDS_START. */
    private static final int FIRST_LISTEN_FD = 3;

    private static final long STOP_SECONDS = 5;

    /** LISTEN_PID must be the program's own, which only the process itself knows. */
    private static final String LISTEN_PID_SHIM =
            "ulimit -S -n \"$1\"; shift; LISTEN_PID=$$; export LISTEN_PID; exec \"$@\"";

    private final Path runtimeDirectory;
    private final Map<String, String> ownEnvironment;
    private final long handlerOpenFiles;
    private final HandlerOutput output;
    private final OwnedFd nullDevice;
    private final ThreadPoolExecutor thread;

    /** As many as the rules allow handlers. */
    private final Queue<Waiting> uncommitted = new ConcurrentLinkedQueue<>();

    private volatile boolean stopped;

    /** A launch whose lease is not in the journal yet. */
    private record Waiting(LaunchPlan plan, List<OwnedFd> duplicates, Outcome outcome) {}

    /** Told how a launch went, on any thread. */
    public interface Outcome {
        /** It runs; the receiver becomes the owner of the pidfd. */
        void started(SpawnedProcess process);

        /** It does not. */
        void failed(String error);
    }

    /**
     * A launcher with its thread.
     *
     * @param runtimeDirectory told to handlers
     * @param ownEnvironment where PATH, HOME and the like are taken from
     * @param handlerOpenFiles soft RLIMIT_NOFILE of handlers: the broker's own is too high for programs that use select(2)
     * @param output where standard error goes
     * @param mostQueued launches that may wait
     */
    public Launcher(
            Path runtimeDirectory,
            Map<String, String> ownEnvironment,
            long handlerOpenFiles,
            HandlerOutput output,
            int mostQueued) {
        this.runtimeDirectory = runtimeDirectory;
        this.ownEnvironment = Map.copyOf(ownEnvironment);
        this.handlerOpenFiles = handlerOpenFiles;
        this.output = output;
        this.nullDevice = NullDevice.open();
        this.thread = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(mostQueued),
                task -> Thread.ofPlatform().name("launcher").daemon().unstarted(task));
    }

    /**
     * Starts a handler soon.
     *
     * @param duplicates of the sockets, whose owner this becomes; none in style claim
     * @param committed completes before it may start, and always does
     */
    public void launch(LaunchPlan plan, List<OwnedFd> duplicates, CompletableFuture<Void> committed, Outcome outcome) {
        uncommitted.add(new Waiting(plan, duplicates, outcome));
        // Commits complete in their order, but what hangs on one does not. A task that waits would wake the thread
        // twice.
        var _ = committed.thenRun(() -> execute(uncommitted.remove()));
    }

    private void execute(Waiting launch) {
        try {
            thread.execute(() -> {
                if (stopped) {
                    launch.duplicates.forEach(OwnedFd::close);
                } else {
                    run(launch.plan, launch.duplicates, launch.outcome);
                }
            });
        } catch (RejectedExecutionException _) {
            launch.duplicates.forEach(OwnedFd::close);
            if (!stopped) {
                launch.outcome.failed("too many launches wait");
            }
        }
    }

    private void run(LaunchPlan plan, List<OwnedFd> duplicates, Outcome outcome) {
        SpawnedProcess process;
        FailPoint.HANDLER_SPAWNING.pass();
        try (Pipes.Pipe errors = Pipes.create()) {
            process = spawn(
                    plan,
                    duplicates.stream().map(OwnedFd::fd).toList(),
                    errors.writeEnd().fd());
            output.follow(OwnedFd.own(errors.readEnd().release()), plan);
        } catch (LinuxException e) {
            outcome.failed("cannot start " + plan.exec().getCommand(0) + ": " + e.getMessage());
            return;
        } finally {
            duplicates.forEach(OwnedFd::close);
        }
        FailPoint.HANDLER_SPAWNED.pass();
        outcome.started(process);
    }

    private SpawnedProcess spawn(LaunchPlan plan, List<Fd> sockets, Fd errors) {
        List<String> command = new ArrayList<>(plan.exec().getCommandList());
        List<Mapping> descriptors = new ArrayList<>();
        boolean stdio = plan.exec().getStyle() == LaunchStyle.LAUNCH_STYLE_SOCKET;
        descriptors.add(new Mapping(stdio ? sockets.getFirst() : nullDevice.fd(), 0));
        descriptors.add(new Mapping(stdio ? sockets.getFirst() : errors, 1));
        descriptors.add(new Mapping(errors, 2));
        if (plan.exec().getStyle() == LaunchStyle.LAUNCH_STYLE_LISTEN_FDS) {
            requireExecutable(command.getFirst());
            for (Fd socket : sockets) {
                descriptors.add(new Mapping(socket, FIRST_LISTEN_FD + descriptors.size() - 3));
            }
            command.addAll(0, List.of("/bin/sh", "-c", LISTEN_PID_SHIM, "listen-fds", Long.toString(handlerOpenFiles)));
        }
        String directory = plan.exec().getWorkingDirectory();
        SpawnedProcess process = Spawner.spawn(new SpawnRequest(
                command.getFirst(),
                command,
                HandlerEnvironment.of(plan, runtimeDirectory, ownEnvironment),
                descriptors,
                Optional.of(directory.isEmpty() ? "/" : directory),
                true));
        limitOpenFiles(process.pid());
        return process;
    }

    /** The shim would start all the same, and only its status 127 would tell. */
    private static void requireExecutable(String program) {
        if (!Files.exists(Path.of(program))) {
            throw new LinuxException("posix_spawn of " + program, -1, Errno.ENOENT);
        }
        if (!Files.isExecutable(Path.of(program))) {
            throw new LinuxException("posix_spawn of " + program, -1, Errno.EACCES);
        }
    }

    /** The new process is still loading its program; if it has ended already, there is nothing to limit. */
    private void limitOpenFiles(int pid) {
        try {
            long hard = ResourceLimits.openFiles().hard();
            ResourceLimits.setOpenFilesOf(pid, Math.min(handlerOpenFiles, hard), hard);
        } catch (LinuxException e) {
            if (!e.is(Errno.ESRCH)) {
                log.warn("process {} keeps the broker's limit of open files: {}", pid, e.getMessage());
            }
        }
    }

    /**
     * Returns once the last handler that starts has been told of, while whoever is told still listens: a next broker that
     * does not know of one would start another. Launches that wait are given up, and nothing is told of them.
     */
    public void stop() {
        stopped = true;
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
        nullDevice.close();
    }
}
