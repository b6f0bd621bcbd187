package io.socketbroker.daemon;

import io.socketbroker.daemon.activation.HandlerOutput;
import io.socketbroker.daemon.activation.Launcher;
import io.socketbroker.daemon.conditions.ConditionEvaluator;
import io.socketbroker.daemon.conductor.Conductor;
import io.socketbroker.daemon.conductor.Vitals;
import io.socketbroker.daemon.core.BrokerLimits;
import io.socketbroker.daemon.core.Brokerage;
import io.socketbroker.daemon.declared.Declarations;
import io.socketbroker.daemon.events.EventRing;
import io.socketbroker.daemon.policy.PeerIdentity;
import io.socketbroker.daemon.rpc.GrpcEndpoint;
import io.socketbroker.daemon.rpc.Upgrades;
import io.socketbroker.daemon.supervisor.InheritedDescriptors;
import io.socketbroker.daemon.systemd.UnitLauncher;
import io.socketbroker.daemon.watch.SocketInspector;
import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.linux.Users;
import io.socketbroker.v1.ReloadResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** All parts of a broker, wired and serving until closed. Thread-safe. */
public final class RunningBroker implements AutoCloseable {
    private static final int BACKLOG = 128;

    private static final int KEPT_TIMEOUT_SECONDS = 5;

    private final RuntimeDirectory directory;
    private final HandlerOutput output;
    private final Conductor conductor;
    private final Declarations declarations;
    private final GrpcEndpoint grpc;
    private final Keeping keeping;
    /** Of grpc.sock and fd.sock, in this order. */
    private final List<OwnedFd> forSuccessor;

    private final long formerOpenFiles;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RunningBroker(
            RuntimeDirectory directory,
            HandlerOutput output,
            Conductor conductor,
            Declarations declarations,
            GrpcEndpoint grpc,
            Keeping keeping,
            List<OwnedFd> forSuccessor,
            long formerOpenFiles) {
        this.forSuccessor = forSuccessor;
        this.formerOpenFiles = formerOpenFiles;
        this.directory = directory;
        this.output = output;
        this.conductor = conductor;
        this.declarations = declarations;
        this.grpc = grpc;
        this.keeping = keeping;
    }

    /**
     * Serves in this folder.
     *
     * @throws IOException if the folder is in use or cannot be used
     */
    public static RunningBroker start(Path runtimeDirectory) throws IOException {
        return start(runtimeDirectory, Settings.inMemory(), InheritedDescriptors.none(), () -> {
            throw Upgrade.refusal("this broker is a part of another program");
        });
    }

    /**
     * As the other, on the listeners of grpc.sock and fd.sock that are among these, where they are.
     *
     * @throws IOException also if what has the name of a listener is none, or is bound in another folder
     */
    static RunningBroker start(
            Path runtimeDirectory, Settings settings, InheritedDescriptors inherited, Upgrades upgrades)
            throws IOException {
        int uid = Users.uid();
        InheritedListeners listeners = InheritedListeners.take(inherited, runtimeDirectory);
        RuntimeDirectory directory =
                RuntimeDirectory.open(runtimeDirectory, uid == 0, listeners.names(), listeners.foreignNames());
        DescriptorBudget budget = DescriptorBudget.claim();
        String version = Optional.ofNullable(RunningBroker.class.getPackage().getImplementationVersion())
                .orElse("development");
        Keeping keeping = Keeping.open(settings.keeping(), directory.path().resolve("vault.sock"), version, inherited);
        BrokerLimits limits = settings.limits(budget);
        Brokerage brokerage = new Brokerage(limits, uid, new FreshTokens(), new SplittableRandom());
        EventRing events = new EventRing();
        PeerIdentity identity = PeerIdentity.fromGroupFile(Path.of("/etc/group"));
        HandlerOutput output = new HandlerOutput();
        Launcher launcher =
                new Launcher(directory.path(), System.getenv(), budget.handlerOpenFiles(), output, budget.handlers());
        OwnedFd fdListener = listener(listeners.fd(), directory.fdSocket(), Sockets.SOCK_SEQPACKET);
        OwnedFd grpcListener = listener(listeners.grpc(), directory.grpcSocket(), Sockets.SOCK_STREAM);
        List<OwnedFd> forSuccessor = List.of(grpcListener.duplicate(), fdListener.duplicate());
        Conductor conductor = new Conductor(
                brokerage,
                new SocketInspector(Set.of(
                        endpoint(directory.fdSocket()),
                        endpoint(directory.grpcSocket()),
                        endpoint(directory.path().resolve("vault.sock")))),
                launcher,
                new UnitLauncher(directory.path(), System.getenv()),
                directory.path(),
                new ConditionEvaluator(),
                keeping.custody(),
                keeping.journal(),
                events,
                identity,
                fdListener,
                keeping.inheritance());
        Declarations declarations =
                new Declarations(conductor, uid, settings.configuration(), settings.source(), settings.manager());
        declarations.begin();
        GrpcEndpoint grpc = new GrpcEndpoint(
                directory.grpcSocket(),
                grpcListener,
                conductor,
                events,
                identity,
                limits,
                version,
                uid,
                keeping.custody().name(),
                keeping.journal(),
                upgrades,
                declarations::reload);
        directory.openToUsers(directory.fdSocket());
        directory.openToUsers(directory.grpcSocket());
        return new RunningBroker(
                directory, output, conductor, declarations, grpc, keeping, forSuccessor, budget.handlerOpenFiles());
    }

    private static OwnedFd listener(Optional<OwnedFd> inherited, Path path, int type) {
        OwnedFd listener = inherited.orElseGet(() -> Sockets.listenUnix(path, type, BACKLOG));
        DescriptorFlags.setNonBlocking(listener.fd(), true);
        return listener;
    }

    private static Endpoint endpoint(Path socket) {
        return new Endpoint.UnixPath(socket.toString());
    }

    /** Where it serves. */
    public Path runtimeDirectory() {
        return directory.path();
    }

    /** See {@link Conductor#tell}. */
    void tell(Vitals vitals, OptionalLong aliveEveryNanos) {
        conductor.tell(vitals, aliveEveryNanos);
    }

    /** See {@link Declarations#reload}. */
    CompletableFuture<ReloadResponse> reload() {
        return declarations.reload();
    }

    /** Answers what is under way, then lets go of everything. Handlers that run go on. */
    @Override
    public void close() throws IOException {
        if (end()) {
            forSuccessor.forEach(OwnedFd::close);
            directory.close();
        }
    }

    /** Whether custody and journal keep everything for a successor. Any thread. */
    boolean isKept() throws InterruptedException, ExecutionException, TimeoutException {
        return keeping.journal().isDurable()
                && keeping.journal().isHealthy()
                && conductor.isCustodyWhole().get(KEPT_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * What a successor needs to serve on the same sockets.
     *
     * @param listeners by the names under which {@link InheritedListeners} finds them
     * @param openFiles the soft limit that this process was started with
     */
    record Legacy(Map<String, OwnedFd> listeners, long openFiles) {}

    /** As {@link #close}, but the listeners stay, and who connects to them waits. Empty if it is closed already. */
    Optional<Legacy> leave() throws IOException {
        if (!end()) {
            return Optional.empty();
        }
        directory.leave();
        return Optional.of(new Legacy(
                Map.of(
                        name(RuntimeDirectory.GRPC_SOCKET), forSuccessor.getFirst(),
                        name(RuntimeDirectory.FD_SOCKET), forSuccessor.getLast()),
                formerOpenFiles));
    }

    private String name(String socket) {
        return (directory.isOwn(socket) ? InheritedListeners.OWN : "") + socket;
    }

    private boolean end() {
        if (!closed.compareAndSet(false, true)) {
            return false;
        }
        declarations.close();
        // First: the end of a stream is not the end of its session then, which may come back to a successor.
        conductor.close();
        grpc.close();
        output.close();
        keeping.close();
        return true;
    }
}
