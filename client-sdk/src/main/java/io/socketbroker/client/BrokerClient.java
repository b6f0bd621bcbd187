package io.socketbroker.client;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.LeaseCompletion;
import io.socketbroker.v1.SocketDisposition;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.TaskKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A program's access to a broker: registers tasks, hands sockets over, takes them back. Thread-safe; one is enough.
 *
 * <p>Each call has a blocking form and one that gives a future. Every wait is bounded ({@link ClientTimeouts}) and not
 * interruptible, as ownership of a socket must be known when a call returns. Futures complete on threads of the client:
 * what follows on them must not block for long. Refusals and lost connections are a {@link BrokerException}. A broker that
 * was reached once, and is away, is waited for ({@link ClientTimeouts#absence}) by transfers and calls that may be done twice.
 *
 * <pre>{@code
 * try (var client = BrokerClient.connect()) {
 *     client.registerTask(TaskDefinition.of("echo", "/bin/cat"));
 *     client.transfer(TransferRequest.of(socket, "conversation-7", "echo"));
 * }
 * }</pre>
 *
 * <p>It runs two daemon threads, one for gRPC and one for descriptors, from the first transfer or reclaim on that gives a
 * future. gRPC's own pool keeps threads for a minute after the close.
 */
public final class BrokerClient implements AutoCloseable {

    private final RuntimeDirectory directory;
    private final String app;
    private final OptionalInt uid;
    private final GrpcConnection grpc;
    private final FdAgent descriptors;
    private final Transfers transfers;
    private final Reclaims reclaims;
    private final Inspection inspection;
    private final Sessions sessions;

    private BrokerClient(Builder builder) {
        this.directory = builder.directory.orElseGet(RuntimeDirectory::ofEnvironment);
        this.app = builder.app;
        this.uid = builder.uid;
        Reachability.require(directory);
        this.grpc = new GrpcConnection(directory, builder.timeouts);
        this.descriptors = new FdAgent(directory, builder.timeouts);
        this.transfers = new Transfers(descriptors, grpc, app, builder.timeouts);
        this.reclaims = new Reclaims(descriptors, grpc);
        this.inspection = new Inspection(grpc);
        this.sessions = new Sessions(directory, grpc, builder.timeouts);
    }

    /**
     * A client of the broker of this environment, see {@link RuntimeDirectory#ofEnvironment}.
     *
     * @throws BrokerException UNAVAILABLE if there is no broker's socket
     */
    public static BrokerClient connect() {
        return builder().connect();
    }

    /** A client of the broker that serves in this folder. */
    public static BrokerClient connect(Path runtimeDirectory) {
        return builder().runtimeDirectory(runtimeDirectory).connect();
    }

    /** A client with other than default settings. */
    public static Builder builder() {
        return new Builder();
    }

    /** The broker's folder. */
    public RuntimeDirectory runtimeDirectory() {
        return directory;
    }

    /** The full name of a socket of this client's application. */
    public SocketKey socketKey(String socketId) {
        var key = SocketKey.newBuilder().setApp(app).setSocketId(socketId);
        uid.ifPresent(key::setUid);
        return key.build();
    }

    /** The full name of a task of this client's application. */
    public TaskKey taskKey(String name) {
        var key = TaskKey.newBuilder().setApp(app).setName(name);
        uid.ifPresent(key::setUid);
        return key.build();
    }

    /** Registers a task, or replaces the one of that name. */
    public TaskRegistration registerTask(TaskDefinition task) {
        return Futures.await(registerTaskAsync(task));
    }

    /** As {@link #registerTask}. */
    public CompletableFuture<TaskRegistration> registerTaskAsync(TaskDefinition task) {
        return inspection.registerTask(taskKey(task.name()), task.spec());
    }

    /**
     * Removes a task.
     *
     * @param sockets what becomes of sockets that name it; UNSPECIFIED refuses with TASK_IN_USE if there are any
     * @return how many were orphaned or closed
     */
    public int unregisterTask(String name, SocketDisposition sockets) {
        return Futures.await(unregisterTaskAsync(name, sockets));
    }

    /** As {@link #unregisterTask}. */
    public CompletableFuture<Integer> unregisterTaskAsync(String name, SocketDisposition sockets) {
        return inspection.unregisterTask(taskKey(name), sockets);
    }

    /** One task; TASK_UNKNOWN if there is none. */
    public RegisteredTask getTask(String name) {
        return Futures.await(getTaskAsync(name));
    }

    /** As {@link #getTask}. */
    public CompletableFuture<RegisteredTask> getTaskAsync(String name) {
        return inspection.getTask(taskKey(name));
    }

    /**
     * The tasks of this client's application; of all applications if it names none. Root and administrators see all
     * users'.
     */
    public List<RegisteredTask> listTasks() {
        return Futures.await(listTasksAsync());
    }

    /** As {@link #listTasks}. */
    public CompletableFuture<List<RegisteredTask>> listTasksAsync() {
        return inspection.listTasks(app);
    }

    /**
     * Hands one socket over. After a return it is the broker's, after an exception the program's, unless {@link
     * BrokerException#isOutcomeUnknown}. After a lost reply the broker's successor is asked.
     */
    public BrokeredSocket transfer(TransferRequest request) {
        return transferAll(List.of(request)).getFirst();
    }

    /** As {@link #transfer}. */
    public CompletableFuture<BrokeredSocket> transferAsync(TransferRequest request) {
        return transferAllAsync(List.of(request)).thenApply(List::getFirst);
    }

    /**
     * Hands 1 to 253 sockets over, all or none.
     *
     * @return as parked, in the order of the requests
     * @throws BrokerException with {@link BrokerException#refusals} for the items at fault
     * @throws IllegalStateException on the event loop of a Netty channel among them, which has work to do meanwhile
     */
    public List<BrokeredSocket> transferAll(List<TransferRequest> requests) {
        if (requests.stream().anyMatch(r -> r.socket().isCallersThread())) {
            throw new IllegalStateException(
                    "a Netty event loop cannot wait for the transfer of its own channel: use transferAllAsync");
        }
        return Futures.await(transfers.transfer(List.copyOf(requests), true));
    }

    /** As {@link #transferAll}, and from any thread. */
    public CompletableFuture<List<BrokeredSocket>> transferAllAsync(List<TransferRequest> requests) {
        return transfers.transfer(List.copyOf(requests), false);
    }

    /** Takes a socket back, wherever it waits; SOCKET_HELD while a handler has it. */
    public ReclaimedSocket reclaim(String socketId) {
        return reclaimAll(List.of(socketId)).getFirst();
    }

    /** As {@link #reclaim}. */
    public CompletableFuture<ReclaimedSocket> reclaimAsync(String socketId) {
        return reclaimAllAsync(List.of(socketId)).thenApply(List::getFirst);
    }

    /** Takes 1 to 253 sockets back, all or none, in the order of the ids. */
    public List<ReclaimedSocket> reclaimAll(List<String> socketIds) {
        return Futures.await(
                reclaims.reclaim(socketIds.stream().map(this::socketKey).toList(), true));
    }

    /** As {@link #reclaimAll}. */
    public CompletableFuture<List<ReclaimedSocket>> reclaimAllAsync(List<String> socketIds) {
        return reclaims.reclaim(socketIds.stream().map(this::socketKey).toList(), false);
    }

    /** Shuts a socket down and closes it, whoever holds it. Gives it as it was. */
    public BrokeredSocket closeSocket(String socketId) {
        return Futures.await(closeSocketAsync(socketId));
    }

    /** As {@link #closeSocket}. */
    public CompletableFuture<BrokeredSocket> closeSocketAsync(String socketId) {
        return inspection.closeSocket(socketKey(socketId));
    }

    /** One socket with its context; SOCKET_UNKNOWN if there is none. */
    public BrokeredSocket getSocket(String socketId) {
        return Futures.await(getSocketAsync(socketId));
    }

    /** As {@link #getSocket}. */
    public CompletableFuture<BrokeredSocket> getSocketAsync(String socketId) {
        return inspection.getSocket(socketKey(socketId));
    }

    /** All sockets of this client's application, in any order, without contexts; of all applications if it names none. */
    public List<BrokeredSocket> listSockets() {
        return Futures.await(listSocketsAsync());
    }

    /** As {@link #listSockets}. */
    public CompletableFuture<List<BrokeredSocket>> listSocketsAsync() {
        return inspection.listSockets(app);
    }

    /** Changes context, keep-alive or options of a socket where it is. */
    public BrokeredSocket updateSocket(String socketId, SocketUpdate update) {
        return Futures.await(updateSocketAsync(socketId, update));
    }

    /** As {@link #updateSocket}. */
    public CompletableFuture<BrokeredSocket> updateSocketAsync(String socketId, SocketUpdate update) {
        return inspection.updateSocket(
                update.message().toBuilder().setKey(socketKey(socketId)).build());
    }

    /**
     * Ends leases of a handler. The token is SOCKETBROKER_TOKEN; a launched handler has {@link ActivationContext} for
     * it.
     */
    public void complete(ByteString token, List<LeaseEnd> ends) {
        Futures.await(completeAsync(token, ends));
    }

    /** As {@link #complete}: fails with the refused items if any is, the others have ended all the same. */
    public CompletableFuture<Void> completeAsync(ByteString token, List<LeaseEnd> ends) {
        List<LeaseCompletion> completions = ends.stream().map(LeaseEnd::message).toList();
        return inspection.complete(token, completions);
    }

    /** As {@link #attach(SessionOptions, SocketHandler)} with the default options. */
    public Session attach(String task, SocketHandler handler) {
        return attach(SessionOptions.of(task), handler);
    }

    /**
     * Attaches this program to a task: its sockets come to the handler when they wake, before any program is launched for
     * them. Returns when the broker has opened the session.
     *
     * @throws BrokerException TASK_UNKNOWN, LIMIT_REACHED, UNAVAILABLE without a broker; later losses the session mends
     *     itself
     */
    public Session attach(SessionOptions options, SocketHandler handler) {
        return attach(options, handler, new CreditLedger(options.credit()));
    }

    /** With a ledger that may count other work, too. */
    Session attach(SessionOptions options, SocketHandler handler, CreditLedger credits) {
        return sessions.attach(taskKey(options.task()), options, handler, credits);
    }

    /** Counts of the broker. */
    public BrokerStatus status() {
        return Futures.await(statusAsync());
    }

    /** As {@link #status}. */
    public CompletableFuture<BrokerStatus> statusAsync() {
        return inspection.status();
    }

    /** Has the broker read its configuration anew. Only its user, root and administrators may. */
    public ReloadReport reload() {
        return Futures.await(inspection.reload());
    }

    /** What is held, and by whom; or of it only what broker, custody and journal do not all have. */
    public CustodyReport custody(boolean differencesOnly) {
        return Futures.await(inspection.custody(differencesOnly));
    }

    /** Begins to replace the broker by the program that is installed now; see AdminService.Upgrade. */
    public void upgrade() {
        Futures.await(inspection.upgrade());
    }

    /** What happened to a socket lately, and why it does or does not wake a handler now. */
    public SocketStory explain(String socketId) {
        return Futures.await(explainAsync(socketId));
    }

    /** As {@link #explain}. */
    public CompletableFuture<SocketStory> explainAsync(String socketId) {
        return inspection.explain(socketKey(socketId));
    }

    /** Handlers and session deliveries that have sockets now, of what the caller may see. */
    public List<RunningActivation> activations() {
        return Futures.await(activationsAsync());
    }

    /** As {@link #activations}. */
    public CompletableFuture<List<RunningActivation>> activationsAsync() {
        return inspection.activations();
    }

    /** The events that the broker still has, of what the caller may see. */
    public List<BrokerEvent> events() {
        return Futures.await(eventsAsync());
    }

    /** As {@link #events}. */
    public CompletableFuture<List<BrokerEvent>> eventsAsync() {
        return inspection.storedEvents();
    }

    /**
     * Stored events and then new ones, until the subscription or the client is closed.
     *
     * @param afterSequence only later ones; 0 means all that are stored
     * @param consumer called on a thread of gRPC, one event at a time
     */
    public EventSubscription followEvents(long afterSequence, Consumer<BrokerEvent> consumer) {
        return inspection.followEvents(afterSequence, consumer);
    }

    /** Ends sessions, then running calls with CANCELLED, and leaves no thread of its own and no descriptor, within its time-out. */
    @Override
    public void close() {
        sessions.close();
        descriptors.close();
        grpc.close();
    }

    /** Settings of a client. Not thread-safe. */
    public static final class Builder {

        private Optional<RuntimeDirectory> directory = Optional.empty();
        private String app = "";
        private OptionalInt uid = OptionalInt.empty();
        private ClientTimeouts timeouts = ClientTimeouts.DEFAULT;

        private Builder() {}

        /** The broker's folder; by default that of the environment. */
        public Builder runtimeDirectory(Path path) {
            directory = Optional.of(new RuntimeDirectory(path));
            return this;
        }

        /**
         * The application that owns tasks and sockets of this client; by default the broker's choice, "uid-" and the
         * uid.
         */
        public Builder app(String name) {
            app = name;
            return this;
        }

        /** Root and administrators only: act on this user's tasks and sockets. */
        public Builder uid(int user) {
            uid = OptionalInt.of(user);
            return this;
        }

        /** Bounds of every wait. */
        public Builder timeouts(ClientTimeouts bounds) {
            timeouts = bounds;
            return this;
        }

        /** Sets the bound of a call only. */
        public Builder callTimeout(Duration bound) {
            return timeouts(timeouts.withCall(bound));
        }

        /**
         * The client. Looks for the broker's socket; the connection itself begins with the first call.
         *
         * @throws BrokerException UNAVAILABLE if there is none, INVALID_ARGUMENT if its path is too long for a unix
         *     socket
         */
        public BrokerClient connect() {
            return new BrokerClient(this);
        }
    }
}
