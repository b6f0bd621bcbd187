package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.AttachStart;
import io.socketbroker.v1.CloseSocketRequest;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.Delivery;
import io.socketbroker.v1.GetActivationResponse;
import io.socketbroker.v1.ItemError;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.ListSocketsRequest;
import io.socketbroker.v1.ListSocketsResponse;
import io.socketbroker.v1.ReclaimRequest;
import io.socketbroker.v1.ReclaimResponse;
import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.RegisterTaskResponse;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.Task;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.UnregisterTaskRequest;
import io.socketbroker.v1.UpdateSocketRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The brokerage rules behind one door. Each call is one event; {@link #takeEffects} has what follows from it. A refused
 * call throws {@link BrokerRefusal} and changes nothing. Not thread-safe: the conductor's own.
 */
public final class Brokerage {
    private final BrokerState state;
    private final Parking parking;
    private final Dispatcher dispatcher;
    private final Activity activity;
    private final Recovery recovery;
    private final Leases leases;
    private final Sessions sessions;
    private final Claims claims;
    private final Tasks tasks;
    private final Transfers transfers;
    private final Queries queries;
    private final Named named;
    private final Declared declared;

    /**
     * A broker without sockets.
     *
     * @param limits bounds of everything
     * @param brokerUid the uid that exec handlers run as
     * @param tokens secrets, from a cryptographic source
     * @param random jitter of retries
     */
    public Brokerage(BrokerLimits limits, int brokerUid, Supplier<Token> tokens, RandomGenerator random) {
        state = new BrokerState(limits, brokerUid, tokens, random);
        Connections connections = new Connections(state);
        Conditions conditions = new Conditions(state);
        Throttle throttle = new Throttle(state);
        KeepAlives keepAlives = new KeepAlives(state);
        parking = new Parking(state, keepAlives, connections);
        dispatcher = new Dispatcher(state, parking, throttle, conditions);
        Listeners listeners = new Listeners(state, parking, dispatcher, connections, throttle, conditions);
        activity = new Activity(state, parking, keepAlives, dispatcher, listeners, conditions);
        Retries retries = new Retries(state, parking, dispatcher);
        leases = new Leases(state, parking, dispatcher, retries, connections);
        claims = new Claims(state, parking, dispatcher, leases);
        dispatcher.onDelivery(claims::push);
        tasks = new Tasks(state, parking, dispatcher, conditions, brokerUid);
        sessions = new Sessions(state, dispatcher, leases, tasks);
        recovery = new Recovery(state, parking, dispatcher, retries, leases, connections, sessions, brokerUid);
        tasks.onUnregistered(sessions::taskUnregistered);
        transfers = new Transfers(state, parking, dispatcher, tasks);
        queries = new Queries(state);
        named = new Named(state);
        declared = new Declared(state, tasks, parking, dispatcher);
    }

    /** Tells the time and runs what is due. Monotonic nanoseconds from any origin that is not in the future. */
    public void advance(long nowNanos, Instant wallTime) {
        state.nowNanos = nowNanos;
        state.wallTime = wallTime;
        state.timers.runDue(nowNanos);
    }

    /** When {@link #advance} has something to do again. */
    public OptionalLong nextDeadlineNanos() {
        return state.timers.nextDeadlineNanos();
    }

    /** What has to be done, in order; each effect is returned once. */
    public List<Effect> takeEffects() {
        dispatcher.dispatchDue();
        return state.takeEffects();
    }

    /** What the journal has to hear of; each change is returned once. */
    public List<JournalEntry> takeChanges() {
        return state.takeChanges();
    }

    /** As {@link #takeChanges}, for a journal that keeps nothing. */
    public void dropChanges() {
        state.dropChanges();
    }

    /** What a former broker left. */
    public Recovery recovery() {
        return recovery;
    }

    /** For the configuration. */
    public Declared declared() {
        return declared;
    }

    // Tasks

    /** See TaskService.RegisterTask. */
    public RegisterTaskResponse register(Caller caller, RegisterTaskRequest request) {
        return register(caller, request, _ -> {});
    }

    /**
     * As the other.
     *
     * @param undo given what makes it undone, for a journal that refuses it; one that was followed by another stays
     */
    public RegisterTaskResponse register(Caller caller, RegisterTaskRequest request, Consumer<Runnable> undo) {
        TaskName name = Named.task(caller, request.getKey());
        ItemRules.checkName(name.name(), "key.name");
        Tasks.Registration registration = tasks.register(name, request.getSpec());
        undo.accept(registration.undo());
        return RegisterTaskResponse.newBuilder()
                .setTask(queries.view(registration.task()))
                .setReplaced(registration.replaced())
                .setAdoptedSockets(registration.adoptedSockets())
                .build();
    }

    /** See TaskService.UnregisterTask; how many sockets were concerned. */
    public int unregister(Caller caller, UnregisterTaskRequest request) {
        return tasks.unregister(Named.task(caller, request.getKey()), request.getSockets());
    }

    /** See TaskService.GetTask. */
    public Task task(Caller caller, TaskKey key) {
        return queries.view(tasks.require(Named.task(caller, key), "key"));
    }

    /** See TaskService.ListTasks. */
    public List<Task> tasks(Caller caller, String app) {
        return queries.tasks(caller, app);
    }

    // Sockets

    /** One item that was taken: its slot, and whether a descriptor is there already. */
    public record Adopted(Slot slot, boolean keepsFormerDescriptor) {}

    /**
     * Takes sockets into ownership, all or none. They are DEPOSITED until {@link #custodyTaken}. The effects, which may
     * free slots, run before the new descriptors are bound.
     */
    public List<Adopted> transfer(Caller caller, TransferOwnershipRequest request, List<Candidate> candidates) {
        return transfers.transfer(caller, request.getApp(), request.getItemsList(), candidates);
    }

    /** Journal and custody have them: watched from here on. The answer to the transfer, however large. */
    public EncodedFrame custodyTaken(List<Slot> slots) {
        List<SocketEntry> entries = new ArrayList<>(slots.size());
        slots.forEach(slot -> entries.add(state.sockets.at(slot).orElseThrow()));
        transfers.custodyTaken(entries);
        return WrittenViews.transferred(entries, state.writer);
    }

    /** The caller went away before its reply: the sockets are still the caller's, and the broker lets go of its copies. */
    public void transferAbandoned(List<Slot> slots) {
        for (Slot slot : slots) {
            state.sockets.at(slot).ifPresent(socket -> {
                dispatcher.withdraw(socket);
                parking.release(socket, "the transfer was cancelled before its reply");
            });
        }
    }

    /** See SocketService.Reclaim. */
    public ReclaimResponse reclaim(Caller caller, ReclaimRequest request) {
        List<SocketEntry> sockets = named.all(caller, request);
        Claims.Ticket ticket = claims.reclaim(caller, sockets);
        return ReclaimResponse.newBuilder()
                .setToken(ticket.token().bytes())
                .setExpiresAt(Views.timestamp(ticket.expiresAt()))
                .addAllSockets(ticket.sockets().stream()
                        .map(socket -> Views.socket(socket, true))
                        .toList())
                .build();
    }

    /** See FdFrame.reclaim: the descriptors go out on this connection, which has to acknowledge them. */
    public Outgoing reclaim(Caller caller, ReclaimRequest request, long connection) {
        Claims.Outgoing outgoing = claims.reclaim(caller, named.all(caller, request), connection);
        return new Outgoing(
                outgoing.deliveryId(), outgoing.slots(), WrittenViews.wholeDelivery(outgoing, state.writer));
    }

    /** See SocketService.CloseSocket. */
    public Socket close(Caller caller, CloseSocketRequest request) {
        SocketEntry socket = named.require(caller, request.getKey(), "key", request.getExpectedGeneration());
        if (socket.is(SocketState.SOCKET_STATE_DEPOSITED)) {
            throw BrokerRefusal.held("socket " + socket.name + " is still being taken into custody", "the broker");
        }
        Socket view = Views.socket(socket, false);
        dispatcher.withdraw(socket);
        parking.revoke(socket, "closed by its owner");
        parking.close(socket, true, "closed by process " + caller.pid());
        return view;
    }

    /** See SocketService.UpdateSocket. */
    public Socket update(Caller caller, UpdateSocketRequest request) {
        SocketEntry socket = named.require(caller, request.getKey(), "key", request.getExpectedGeneration());
        if (request.hasContext()) {
            state.checkContext(socket, request.getContext(), "context");
        }
        KeepAlive keepAlive = request.hasKeepAlive() ? request.getKeepAlive() : socket.keepAlive;
        SocketOptions options = request.hasOptions() ? request.getOptions() : socket.options;
        Candidate candidate = socket.candidate();
        OptionRules.check(keepAlive, candidate, "keep_alive");
        OptionRules.check(options, keepAlive, candidate, "options");
        if (options.getAcceptMode() != socket.options.getAcceptMode()) {
            throw ItemRules.invalid("options.accept_mode", "cannot change; reclaim the listener and hand it over anew");
        }
        if (request.hasContext()) {
            int formerBytes = socket.context.size();
            socket.context = request.getContext();
            state.sockets.contextChanged(socket, formerBytes);
        }
        parking.change(socket, keepAlive, options);
        state.changed(socket);
        return Views.socket(socket, true);
    }

    /** See SocketService.GetSocket. */
    public Socket socket(Caller caller, SocketKey key) {
        return Views.socket(named.require(caller, key, "key", 0), true);
    }

    /** A socket's present situation in words, see AdminService.Explain. */
    public Explained explain(Caller caller, SocketKey key) {
        SocketEntry socket = named.require(caller, key, "key", 0);
        return new Explained(Views.key(socket.name), new Explanation(state).of(socket));
    }

    /** See SocketService.ListSockets. */
    public ListSocketsResponse sockets(Caller caller, ListSocketsRequest request) {
        return queries.sockets(caller, request);
    }

    /** Counts for GetStatus. */
    public Queries.Counts counts(Caller caller) {
        return queries.counts(caller);
    }

    /** What callers may see, and nothing else. */
    public Queries queries() {
        return queries;
    }

    /** How much there is, of all users; takes the same time however much that is. */
    public Queries.Totals totals() {
        return queries.totals();
    }

    /** Running activations that the caller may see. */
    public List<io.socketbroker.v1.Activation> activations(Caller caller) {
        return queries.activations(caller);
    }

    // What handlers do

    /** The handler runs. */
    public void launched(long activationId, int pid) {
        leases.launched(activationId, pid);
    }

    /** The handler could not be started: tried again later. */
    public void launchFailed(long activationId, String error) {
        leases.launchFailed(activationId, error);
    }

    /** The handler's process has ended. */
    public void exited(long activationId, HandlerEnd end, String status) {
        leases.exited(activationId, end, status);
    }

    /**
     * Descriptors to be sent on a connection.
     *
     * @param frame the Delivery that they go out with
     */
    public record Outgoing(long deliveryId, List<Slot> slots, EncodedFrame frame) {
        /** As its receiver reads it. */
        public Delivery delivery() {
            return frame.message().getDelivery();
        }
    }

    /** See Claim on fd.sock. Slots are empty if the descriptors were passed at launch. */
    public Outgoing claim(Caller caller, Token token, long connection) {
        Claims.Outgoing outgoing = claims.claim(caller, token, connection);
        return new Outgoing(
                outgoing.deliveryId(),
                outgoing.deliveryId() == 0 ? List.of() : outgoing.slots(),
                WrittenViews.delivery(outgoing, state.writer));
    }

    /** See Acknowledge on fd.sock. */
    public void acknowledge(long deliveryId, long connection) {
        claims.acknowledge(deliveryId, connection);
    }

    /** A connection on fd.sock has ended. */
    public void disconnected(long connection) {
        claims.disconnected(connection);
        sessions.disconnected(connection);
    }

    /** A delivery to a session could not be sent. */
    public void deliveryFailed(long deliveryId) {
        claims.deliveryFailed(deliveryId);
    }

    /** See SessionService.Attach; the session works once its connection has said Hello too. */
    public SessionName attach(Caller caller, AttachStart start) {
        return sessions.attach(
                caller,
                Named.task(caller, start.getTask()),
                start.getSessionId(),
                start.getCredit(),
                start.getHeldList());
    }

    /** What happens on watched sockets. */
    public Activity activity() {
        return activity;
    }

    /** What attached sessions say. */
    public Sessions sessions() {
        return sessions;
    }

    /** See SessionService.Complete; the items that were refused. */
    public List<ItemError> complete(Caller caller, CompleteRequest request) {
        if (request.getCompletionsCount() > Named.MOST_BATCH) {
            throw ItemRules.invalid("completions", "must have at most " + Named.MOST_BATCH + " entries");
        }
        return leases.complete(caller, Token.named(request.getToken()), request.getCompletionsList());
    }

    /** See SessionService.GetActivation. */
    public GetActivationResponse activation(Caller caller, ByteString token) {
        return GetActivationResponse.newBuilder()
                .setActivation(Views.activation(leases.byToken(Token.named(token), caller)))
                .build();
    }
}
