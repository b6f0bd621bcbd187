package io.socketbroker.client;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.AdminServiceGrpc;
import io.socketbroker.v1.CloseSocketRequest;
import io.socketbroker.v1.CloseSocketResponse;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.CompleteResponse;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.ExplainRequest;
import io.socketbroker.v1.GetCustodyRequest;
import io.socketbroker.v1.GetSocketRequest;
import io.socketbroker.v1.GetSocketResponse;
import io.socketbroker.v1.GetStatusRequest;
import io.socketbroker.v1.GetTaskRequest;
import io.socketbroker.v1.GetTaskResponse;
import io.socketbroker.v1.LeaseCompletion;
import io.socketbroker.v1.ListActivationsRequest;
import io.socketbroker.v1.ListSocketsRequest;
import io.socketbroker.v1.ListTasksRequest;
import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.ReloadRequest;
import io.socketbroker.v1.SessionServiceGrpc;
import io.socketbroker.v1.SocketDisposition;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketServiceGrpc;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TaskServiceGrpc;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.UnregisterTaskRequest;
import io.socketbroker.v1.UnregisterTaskResponse;
import io.socketbroker.v1.UpdateSocketRequest;
import io.socketbroker.v1.UpdateSocketResponse;
import io.socketbroker.v1.UpgradeRequest;
import io.socketbroker.v1.UpgradeResponse;
import io.socketbroker.v1.WatchEventsRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The calls that need no descriptors, between the API's types and the protocol's. Those that may be done twice wait for a
 * broker that is away; to unregister, to close, to upgrade or to reload is done once. Thread-safe.
 */
final class Inspection {

    private static final int PAGE_SIZE = 1000;

    private final GrpcConnection grpc;

    Inspection(GrpcConnection grpc) {
        this.grpc = grpc;
    }

    CompletableFuture<TaskRegistration> registerTask(TaskKey key, TaskSpec spec) {
        var request = RegisterTaskRequest.newBuilder().setKey(key).setSpec(spec).build();
        return grpc.callAgain(TaskServiceGrpc.getRegisterTaskMethod(), request).thenApply(TaskRegistration::new);
    }

    CompletableFuture<Integer> unregisterTask(TaskKey key, SocketDisposition sockets) {
        var request = UnregisterTaskRequest.newBuilder()
                .setKey(key)
                .setSockets(sockets)
                .build();
        return grpc.call(TaskServiceGrpc.getUnregisterTaskMethod(), request)
                .thenApply(UnregisterTaskResponse::getAffectedSockets);
    }

    CompletableFuture<RegisteredTask> getTask(TaskKey key) {
        var request = GetTaskRequest.newBuilder().setKey(key).build();
        return grpc.callAgain(TaskServiceGrpc.getGetTaskMethod(), request)
                .thenApply(GetTaskResponse::getTask)
                .thenApply(RegisteredTask::new);
    }

    CompletableFuture<List<RegisteredTask>> listTasks(String app) {
        var request = ListTasksRequest.newBuilder().setApp(app).build();
        return grpc.callAgain(TaskServiceGrpc.getListTasksMethod(), request)
                .thenApply(answer ->
                        answer.getTasksList().stream().map(RegisteredTask::new).toList());
    }

    CompletableFuture<BrokeredSocket> closeSocket(SocketKey key) {
        var request = CloseSocketRequest.newBuilder().setKey(key).build();
        return grpc.call(SocketServiceGrpc.getCloseSocketMethod(), request)
                .thenApply(CloseSocketResponse::getSocket)
                .thenApply(BrokeredSocket::new);
    }

    CompletableFuture<BrokeredSocket> getSocket(SocketKey key) {
        var request = GetSocketRequest.newBuilder().setKey(key).build();
        return grpc.callAgain(SocketServiceGrpc.getGetSocketMethod(), request)
                .thenApply(GetSocketResponse::getSocket)
                .thenApply(BrokeredSocket::new);
    }

    CompletableFuture<BrokeredSocket> updateSocket(UpdateSocketRequest request) {
        return grpc.callAgain(SocketServiceGrpc.getUpdateSocketMethod(), request)
                .thenApply(UpdateSocketResponse::getSocket)
                .thenApply(BrokeredSocket::new);
    }

    CompletableFuture<List<BrokeredSocket>> listSockets(String app) {
        return listSockets(app, "", new ArrayList<>());
    }

    /** One page after the other, as an answer holds 10000 at most. */
    private CompletableFuture<List<BrokeredSocket>> listSockets(String app, String page, List<BrokeredSocket> former) {
        var request = ListSocketsRequest.newBuilder()
                .setApp(app)
                .setPageSize(PAGE_SIZE)
                .setPageToken(page)
                .build();
        return grpc.callAgain(SocketServiceGrpc.getListSocketsMethod(), request).thenCompose(answer -> {
            answer.getSocketsList().stream().map(BrokeredSocket::new).forEach(former::add);
            return answer.getNextPageToken().isEmpty()
                    ? CompletableFuture.completedFuture(List.copyOf(former))
                    : listSockets(app, answer.getNextPageToken(), former);
        });
    }

    CompletableFuture<Void> complete(ByteString token, List<LeaseCompletion> completions) {
        var request = CompleteRequest.newBuilder()
                .setToken(token)
                .addAllCompletions(completions)
                .build();
        var toldBefore = new AtomicBoolean();
        // Of a second word: the answer to the first one was lost with the broker that took it.
        Predicate<ErrorReason> isDone = reason -> toldBefore.get() && FdErrors.endsLease(reason);
        return grpc.callAgain(SessionServiceGrpc.getCompleteMethod(), request, () -> toldBefore.set(true))
                .exceptionallyCompose(
                        failure -> Futures.cause(failure) instanceof BrokerException e && isDone.test(e.reason())
                                ? CompletableFuture.completedFuture(CompleteResponse.getDefaultInstance())
                                : CompletableFuture.failedFuture(failure))
                .thenAccept(answer -> {
                    var errors = answer.getErrorsList().stream()
                            .filter(error -> !isDone.test(error.getReason()))
                            .toList();
                    if (!errors.isEmpty()) {
                        throw FdErrors.refusal(errors);
                    }
                });
    }

    CompletableFuture<BrokerStatus> status() {
        return grpc.callAgain(AdminServiceGrpc.getGetStatusMethod(), GetStatusRequest.getDefaultInstance())
                .thenApply(BrokerStatus::new);
    }

    CompletableFuture<ReloadReport> reload() {
        return grpc.call(AdminServiceGrpc.getReloadMethod(), ReloadRequest.getDefaultInstance())
                .thenApply(ReloadReport::new);
    }

    CompletableFuture<SocketStory> explain(SocketKey key) {
        var request = ExplainRequest.newBuilder().setKey(key).build();
        return grpc.callAgain(AdminServiceGrpc.getExplainMethod(), request).thenApply(SocketStory::new);
    }

    CompletableFuture<CustodyReport> custody(boolean differencesOnly) {
        var request = GetCustodyRequest.newBuilder()
                .setDifferencesOnly(differencesOnly)
                .build();
        return grpc.callAgain(AdminServiceGrpc.getGetCustodyMethod(), request).thenApply(CustodyReport::new);
    }

    CompletableFuture<UpgradeResponse> upgrade() {
        return grpc.call(AdminServiceGrpc.getUpgradeMethod(), UpgradeRequest.getDefaultInstance());
    }

    CompletableFuture<List<RunningActivation>> activations() {
        return grpc.callAgain(AdminServiceGrpc.getListActivationsMethod(), ListActivationsRequest.getDefaultInstance())
                .thenApply(answer -> answer.getActivationsList().stream()
                        .map(RunningActivation::new)
                        .toList());
    }

    CompletableFuture<List<BrokerEvent>> storedEvents() {
        var events = new ArrayList<BrokerEvent>();
        return EventSubscription.start(grpc, WatchEventsRequest.getDefaultInstance(), events::add)
                .ended()
                .thenApply(end -> List.copyOf(events));
    }

    EventSubscription followEvents(long afterSequence, Consumer<BrokerEvent> consumer) {
        var request = WatchEventsRequest.newBuilder()
                .setFollow(true)
                .setAfterSequence(afterSequence)
                .build();
        return EventSubscription.start(grpc, request, consumer);
    }
}
