package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.SystemdLauncher;
import io.socketbroker.v1.SystemdLauncher.Manager;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TaskSpec;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose units are meant when a task does not say. */
class UnitManagerTest {
    @ParameterizedTest(name = "broker of uid {0}, task of uid {1}")
    @CsvSource({
        "0, 0, MANAGER_SYSTEM",
        "0, 1000, MANAGER_SYSTEM",
        // The system's broker runs as a user of its own, and other users' tasks may be of no other manager.
        "995, 1000, MANAGER_SYSTEM",
        "995, 0, MANAGER_SYSTEM",
        "1000, 1000, MANAGER_USER",
    })
    void shouldBeTheOneThatTheTaskMayUse(int brokerUid, int taskUid, Manager expected) {
        Brokerage brokerage = new Brokerage(
                BrokerLimits.forDescriptors(100, 10), brokerUid, () -> new Token(7, 1), new SplittableRandom(1));
        RegisterTaskRequest request = RegisterTaskRequest.newBuilder()
                .setKey(TaskKey.newBuilder().setName("task"))
                .setSpec(TaskSpec.newBuilder()
                        .setSystemd(SystemdLauncher.newBuilder().setUnitTemplate("socketbroker-handler@.service")))
                .build();

        assertThat(brokerage
                        .register(new Caller(taskUid, 77, false), request)
                        .getTask()
                        .getSpec()
                        .getSystemd()
                        .getManager())
                .isEqualTo(expected);
    }
}
