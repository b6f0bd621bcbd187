package io.socketbroker.daemon;

import io.socketbroker.daemon.activation.HandlerOutput;
import io.socketbroker.daemon.activation.Launcher;
import io.socketbroker.daemon.conditions.ConditionEvaluator;
import io.socketbroker.daemon.conductor.Conductor;
import io.socketbroker.daemon.conductor.Vitals;
import io.socketbroker.daemon.core.BrokerLimits;
import io.socketbroker.daemon.core.Brokerage;
import io.socketbroker.daemon.core.Token;
import io.socketbroker.daemon.declared.Declarations;
import io.socketbroker.daemon.events.EventRing;
import io.socketbroker.daemon.policy.PeerIdentity;
import io.socketbroker.daemon.rpc.GrpcEndpoint;
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
import java.security.SecureRandom;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** All parts of a broker, wired and serving until closed. Thread-safe. */
public final class RunningBroker implements AutoCloseable {
    private static final int FD_SOCKET_BACKLOG = 128;

    private final RuntimeDirectory directory;
    private final HandlerOutput output;
    private final Conductor conductor;
    private final Declarations declarations;
    private final GrpcEndpoint grpc;
    private final Keeping keeping;

    private RunningBroker(
            RuntimeDirectory directory,
            HandlerOutput output,
            Conductor conductor,
            Declarations declarations,
            GrpcEndpoint grpc,
            Keeping keeping) {
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
        return start(runtimeDirectory, Settings.inMemory(), InheritedDescriptors.none());
    }

    /**
     * As the other, on the listeners of grpc.sock and fd.sock that are among these, where they are.
     *
     * @throws IOException also if what has the name of a listener is none, or is bound in another folder
     */
    static RunningBroker start(Path runtimeDirectory, Settings settings, InheritedDescriptors inherited)
            throws IOException {
        int uid = Users.uid();
        InheritedListeners listeners = InheritedListeners.take(inherited, runtimeDirectory);
        RuntimeDirectory directory = RuntimeDirectory.open(runtimeDirectory, uid == 0, listeners.names());
        DescriptorBudget budget = DescriptorBudget.claim();
        String version = Optional.ofNullable(RunningBroker.class.getPackage().getImplementationVersion())
                .orElse("development");
        Keeping keeping = Keeping.open(settings.keeping(), directory.path().resolve("vault.sock"), version, inherited);
        BrokerLimits limits = settings.limits(budget);
        SecureRandom secrets = new SecureRandom();
        Brokerage brokerage = new Brokerage(
                limits, uid, () -> new Token(secrets.nextLong(), secrets.nextLong()), new SplittableRandom());
        EventRing events = new EventRing();
        PeerIdentity identity = PeerIdentity.fromGroupFile(Path.of("/etc/group"));
        HandlerOutput output = new HandlerOutput();
        Launcher launcher =
                new Launcher(directory.path(), System.getenv(), budget.handlerOpenFiles(), output, budget.handlers());
        OwnedFd fdListener = listeners
                .fd()
                .orElseGet(() -> Sockets.listenUnix(directory.fdSocket(), Sockets.SOCK_SEQPACKET, FD_SOCKET_BACKLOG));
        DescriptorFlags.setNonBlocking(fdListener.fd(), true);
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
                listeners.grpc(),
                conductor,
                events,
                identity,
                limits,
                version,
                uid,
                keeping.custody().name(),
                declarations::reload);
        directory.openToUsers(directory.fdSocket());
        directory.openToUsers(directory.grpcSocket());
        return new RunningBroker(directory, output, conductor, declarations, grpc, keeping);
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
        grpc.close();
        declarations.close();
        conductor.close();
        output.close();
        keeping.close();
        directory.close();
    }
}
