package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.SystemdLauncher.Manager;
import io.socketbroker.v1.TaskConditions;
import io.socketbroker.v1.TaskConditions.TimeWindow;
import io.socketbroker.v1.TaskLimits;
import io.socketbroker.v1.TaskLimits.OverLimit;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TaskSpec.LauncherCase;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the typed definition says to the broker. */
class TaskDefinitionTest {

    private static final TaskDefinition ECHO = TaskDefinition.of("echo", "/bin/cat", "-u");

    @Test
    void shouldNameItsLauncher() {
        assertThat(ECHO.spec().getExec().getCommandList()).containsExactly("/bin/cat", "-u");
        var unit = TaskDefinition.ofUnit("web", "web@.service", Manager.MANAGER_USER);
        assertThat(unit.spec().getSystemd().getUnitTemplate()).isEqualTo("web@.service");
        assertThat(unit.spec().getSystemd().getManager()).isEqualTo(Manager.MANAGER_USER);
        assertThat(TaskDefinition.ofSessions("chat").spec().getLauncherCase()).isEqualTo(LauncherCase.LAUNCHER_NOT_SET);
    }

    @Test
    void shouldSayAllLimits() {
        var limits = ActivationLimits.none()
                .withMaxConcurrency(1)
                .withMaxConnections(2)
                .withMaxConnectionsPerSource(3)
                .withRate(4, 5)
                .withSocketRate(6, 7)
                .withSourceRate(8, 9)
                .withOverLimit(OverLimit.OVER_LIMIT_REFUSE);
        assertThat(limits.message())
                .isEqualTo(TaskLimits.newBuilder()
                        .setMaxConcurrency(1)
                        .setMaxConnections(2)
                        .setMaxConnectionsPerSource(3)
                        .setActivationsPerSecond(4)
                        .setActivationBurst(5)
                        .setSocketActivationsPerSecond(6)
                        .setSocketActivationBurst(7)
                        .setSourceActivationsPerSecond(8)
                        .setSourceActivationBurst(9)
                        .setOverLimit(OverLimit.OVER_LIMIT_REFUSE)
                        .build());
        var task = ECHO.withLimits(limits).withMaxConcurrency(10);
        assertThat(task.limits()).isEqualTo(limits.withMaxConcurrency(10));
    }

    @Test
    void shouldSayAllConditions() {
        var conditions = WakeConditions.none()
                .withNetwork(true)
                .withPath(Path.of("/run/ready"))
                .withTimeWindow(
                        LocalTime.of(22, 0),
                        LocalTime.of(6, 30),
                        Set.of(DayOfWeek.SUNDAY, DayOfWeek.MONDAY),
                        ZoneId.of("Europe/Berlin"))
                .withMaxCpuPressure(20.5)
                .withMaxMemoryPressure(10)
                .withMaxIoPressure(30)
                .withMaxDeferral(Duration.ofMinutes(5));
        assertThat(conditions.message())
                .isEqualTo(TaskConditions.newBuilder()
                        .setNetworkAvailable(true)
                        .setPathExists("/run/ready")
                        .setTimeWindow(TimeWindow.newBuilder()
                                .setStart("22:00")
                                .setEnd("06:30")
                                .addDays(1)
                                .addDays(7)
                                .setTimeZone("Europe/Berlin"))
                        .setMaxCpuPressurePercent(20.5)
                        .setMaxMemoryPressurePercent(10)
                        .setMaxIoPressurePercent(30)
                        .setMaxDeferral(Protos.duration(Duration.ofMinutes(5)))
                        .build());
        assertThat(ECHO.withConditions(conditions).conditions()).isEqualTo(conditions);
        assertThat(ECHO.withConditions(conditions)
                        .withConditions(WakeConditions.none())
                        .spec()
                        .hasConditions())
                .isFalse();
    }

    @Test
    void shouldLeaveTheTimeZoneToTheHost() {
        var window = WakeConditions.none().withTimeWindow(LocalTime.of(8, 5), LocalTime.MIDNIGHT);
        assertThat(window.message().getTimeWindow())
                .isEqualTo(TimeWindow.newBuilder()
                        .setStart("08:05")
                        .setEnd("00:00")
                        .build());
    }

    @Test
    void shouldSayTimesAndTakeZeroForNone() {
        var task = ECHO.withLinger(Duration.ofSeconds(20))
                .withActivationTimeout(Duration.ofMinutes(1))
                .withRebootNotice(true);
        assertThat(task.spec().getLinger().getSeconds()).isEqualTo(20);
        assertThat(task.spec().getActivationTimeout().getSeconds()).isEqualTo(60);
        assertThat(task.spec().getNotifyReboot()).isTrue();
        assertThat(task.withLinger(Duration.ZERO)
                        .withActivationTimeout(Duration.ZERO)
                        .withRebootNotice(false)
                        .withConditions(WakeConditions.none().withMaxDeferral(Duration.ZERO))
                        .spec())
                .isEqualTo(TaskSpec.newBuilder(ECHO.spec()).build());
    }
}
