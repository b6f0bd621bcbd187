package io.socketbroker.daemon.core;

import com.google.protobuf.util.Durations;
import io.socketbroker.v1.ExecLauncher;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.ExitPolicy;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.SocketDisposition;
import io.socketbroker.v1.TaskConditions;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TaskLimits;
import io.socketbroker.v1.TaskLimits.OverLimit;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.UnregisterTaskRequest;
import java.util.SplittableRandom;

/** An owner who registers, changes and removes tasks at random. */
final class SimulatedTasks {
    private final Brokerage brokerage;
    private final SplittableRandom random;
    private final Caller owner;
    private final int count;

    SimulatedTasks(Brokerage brokerage, SplittableRandom random, Caller owner, int count) {
        this.brokerage = brokerage;
        this.random = random;
        this.owner = owner;
        this.count = count;
    }

    /** Registers or replaces task-N with any style, policy and limit. */
    void register(int task) {
        LaunchStyle[] styles = {
            LaunchStyle.LAUNCH_STYLE_SOCKET, LaunchStyle.LAUNCH_STYLE_LISTEN_FDS, LaunchStyle.LAUNCH_STYLE_CLAIM
        };
        ExitAction[] actions = {
            ExitAction.EXIT_ACTION_UNSPECIFIED,
            ExitAction.EXIT_ACTION_CLOSE,
            ExitAction.EXIT_ACTION_REARM,
            ExitAction.EXIT_ACTION_RETRY
        };
        brokerage.register(
                owner,
                RegisterTaskRequest.newBuilder()
                        .setKey(taskKey(task))
                        .setSpec(TaskSpec.newBuilder()
                                .setExec(ExecLauncher.newBuilder()
                                        .addCommand("/bin/handler")
                                        .setStyle(styles[random.nextInt(styles.length)]))
                                .setExitPolicy(ExitPolicy.newBuilder()
                                        .setOnSuccess(actions[random.nextInt(actions.length)])
                                        .setOnFailure(actions[random.nextInt(actions.length)]))
                                .setLimits(limits())
                                .setNotifyReboot(random.nextBoolean())
                                .setConditions(conditions()))
                        .build());
    }

    private TaskConditions conditions() {
        return random.nextInt(3) > 0
                ? TaskConditions.getDefaultInstance()
                : TaskConditions.newBuilder()
                        .setNetworkAvailable(true)
                        .setMaxDeferral(Durations.fromSeconds(20))
                        .build();
    }

    private TaskLimits limits() {
        TaskLimits.Builder limits = TaskLimits.newBuilder().setMaxConcurrency(1 + random.nextInt(2));
        if (random.nextInt(3) == 0) {
            limits.setMaxConnections(3)
                    .setMaxConnectionsPerSource(1 + random.nextInt(2))
                    .setOverLimit(random.nextBoolean() ? OverLimit.OVER_LIMIT_HOLD : OverLimit.OVER_LIMIT_REFUSE);
        }
        if (random.nextInt(4) == 0) {
            limits.setActivationsPerSecond(2);
        }
        if (random.nextInt(4) == 0) {
            limits.setSocketActivationsPerSecond(1).setSourceActivationsPerSecond(2);
        }
        return limits.build();
    }

    private static TaskKey taskKey(int task) {
        return TaskKey.newBuilder().setName("task-" + task).build();
    }

    /** One task is replaced, or goes with its sockets orphaned or closed. */
    void change() {
        int task = random.nextInt(count);
        if (random.nextInt(3) > 0) {
            register(task);
            return;
        }
        try {
            brokerage.unregister(
                    owner,
                    UnregisterTaskRequest.newBuilder()
                            .setKey(taskKey(task))
                            .setSockets(
                                    random.nextBoolean()
                                            ? SocketDisposition.SOCKET_DISPOSITION_ORPHAN
                                            : SocketDisposition.SOCKET_DISPOSITION_CLOSE)
                            .build());
        } catch (BrokerRefusal _) {
            // Not registered now.
        }
    }
}
