package io.socketbroker.daemon.rpc;

import io.grpc.stub.StreamObserver;
import io.socketbroker.daemon.conductor.Conductor;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.Caller;
import io.socketbroker.daemon.core.Declared;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.ExecLauncher;
import io.socketbroker.v1.GetTaskRequest;
import io.socketbroker.v1.GetTaskResponse;
import io.socketbroker.v1.ListTasksRequest;
import io.socketbroker.v1.ListTasksResponse;
import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.RegisterTaskResponse;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TaskServiceGrpc;
import io.socketbroker.v1.UnregisterTaskRequest;
import io.socketbroker.v1.UnregisterTaskResponse;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.Executor;

/** TaskService. */
final class TaskRpc extends TaskServiceGrpc.TaskServiceImplBase {
    private final Conductor conductor;
    private final Replies replies;
    private final Executor diskExecutor;

    TaskRpc(Conductor conductor, Replies replies, Executor diskExecutor) {
        this.conductor = conductor;
        this.replies = replies;
        this.diskExecutor = diskExecutor;
    }

    @Override
    public void registerTask(RegisterTaskRequest request, StreamObserver<RegisterTaskResponse> observer) {
        Caller caller = Callers.current();
        diskExecutor.execute(() -> {
            try {
                requireUndeclared(request.getKey());
                requireExecutable(request);
            } catch (BrokerRefusal refusal) {
                observer.onError(Refusals.status(refusal));
                return;
            }
            replies.send(conductor.register(caller, request), observer);
        });
    }

    /** What the configuration declares is changed there, and would come back at the next reload. */
    private static void requireUndeclared(TaskKey key) {
        if (key.getApp().equals(Declared.APP)) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_APP_OF_ANOTHER_USER,
                    "key.app",
                    "app " + Declared.APP
                            + " is for what the broker's configuration declares; change it there and reload,"
                            + " or choose another name");
        }
    }

    /** Here and not in the rules, because it looks at the disk. The relative path has a refusal of its own there. */
    private static void requireExecutable(RegisterTaskRequest request) {
        ExecLauncher exec = request.getSpec().getExec();
        if (exec.getCommandCount() == 0 || !exec.getCommand(0).startsWith("/")) {
            return;
        }
        boolean executable;
        try {
            Path program = Path.of(exec.getCommand(0));
            executable = Files.isRegularFile(program) && Files.isExecutable(program);
        } catch (InvalidPathException _) {
            executable = false;
        }
        if (!executable) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_COMMAND_NOT_EXECUTABLE,
                    "spec.exec.command",
                    "the program '" + exec.getCommand(0) + "' does not exist or is not executable; install it first");
        }
    }

    @Override
    public void getTask(GetTaskRequest request, StreamObserver<GetTaskResponse> observer) {
        Caller caller = Callers.current();
        replies.send(
                conductor.call(brokerage -> brokerage.task(caller, request.getKey())),
                observer,
                task -> GetTaskResponse.newBuilder().setTask(task).build());
    }

    @Override
    public void listTasks(ListTasksRequest request, StreamObserver<ListTasksResponse> observer) {
        Caller caller = Callers.current();
        replies.send(
                conductor.call(brokerage -> brokerage.tasks(caller, request.getApp())),
                observer,
                tasks -> ListTasksResponse.newBuilder().addAllTasks(tasks).build());
    }

    @Override
    public void unregisterTask(UnregisterTaskRequest request, StreamObserver<UnregisterTaskResponse> observer) {
        Caller caller = Callers.current();
        try {
            requireUndeclared(request.getKey());
        } catch (BrokerRefusal refusal) {
            observer.onError(Refusals.status(refusal));
            return;
        }
        replies.send(
                conductor.call(brokerage -> brokerage.unregister(caller, request)),
                observer,
                affected -> UnregisterTaskResponse.newBuilder()
                        .setAffectedSockets(affected)
                        .build());
    }
}
