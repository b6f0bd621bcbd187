package io.socketbroker.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Sequences as a manager sends them (252), and those that it might send. */
class UnitLifeTest {
    private static final String JOB = "/job/16";

    private final List<String> log = new ArrayList<>();
    private final UnitLife life = new UnitLife("x@5.service", new LoggedPort(), new LoggedOutcome());

    private final class LoggedPort implements UnitLife.Port {
        @Override
        public void askActiveState() {
            log.add("ask");
        }

        @Override
        public void start() {
            log.add("start");
        }

        @Override
        public void stop() {
            log.add("stop");
        }

        @Override
        public void resetFailed() {
            log.add("reset");
        }

        @Override
        public void askAllProperties() {
            log.add("ask all");
        }

        @Override
        public void over() {
            log.add("over");
        }
    }

    private final class LoggedOutcome implements UnitLauncher.Outcome {
        @Override
        public void started(int mainPid) {
            log.add("started " + mainPid);
        }

        @Override
        public void failed(String error) {
            log.add("failed: " + error);
        }

        @Override
        public void ended(boolean success, String result) {
            log.add((success ? "success: " : "failure: ") + result);
        }
    }

    private void begin() {
        life.connected();
        life.activeStateIs("inactive");
        assertThat(log).containsExactly("ask", "start");
        log.clear();
    }

    private void accepted() {
        begin();
        life.startAccepted(JOB);
    }

    private static Map<String, Object> service(int mainPid, int lastPid, String result, int code, int status) {
        return Map.of(
                "MainPID",
                mainPid,
                "ExecMainPID",
                lastPid,
                "Result",
                result,
                "ExecMainCode",
                code,
                "ExecMainStatus",
                status);
    }

    private static Map<String, Object> unit(String active, String sub) {
        return Map.of(
                "ActiveState", active, "SubState", sub, "InvocationID", List.of((byte) 1), "ConditionResult", true);
    }

    private static Map<String, Object> all(Map<String, Object> service, Map<String, Object> unit) {
        Map<String, Object> all = new HashMap<>(service);
        all.putAll(unit);
        return all;
    }

    @Test
    void shouldFollowASimpleUnit() {
        accepted();
        life.changed(service(70, 70, "success", 0, 0));
        life.changed(unit("active", "running"));
        life.jobRemoved(JOB, "done");
        life.changed(unit("active", "running"));
        assertThat(log).containsExactly("started 70");

        life.changed(service(0, 70, "success", 1, 0));
        life.changed(unit("inactive", "dead"));

        assertThat(log).containsExactly("started 70", "over", "success: unit x@5.service ended: status 0");
    }

    /** As recorded: the first report of a oneshot's process still says inactive, and its job ends with the program. */
    @Test
    void shouldFollowAOneshotUnit() {
        accepted();
        life.changed(service(70, 70, "success", 0, 0));
        life.changed(unit("inactive", "dead"));
        life.changed(service(70, 70, "success", 0, 0));
        life.changed(unit("activating", "start"));
        assertThat(log).containsExactly("started 70");
        life.changed(service(0, 70, "exit-code", 1, 3));
        life.changed(unit("failed", "failed"));
        life.jobRemoved(JOB, "failed");
        assertThat(log).containsExactly("started 70");

        life.changed(unit("failed", "failed"));

        assertThat(log)
                .containsExactly(
                        "started 70", "reset", "over", "failure: unit x@5.service failed: exit-code, status 3");
    }

    @Test
    void shouldTakeTheJobsEndBeforeTheReply() {
        begin();
        life.jobRemoved("/job/7", "canceled");
        life.jobRemoved(JOB, "done");
        life.changed(service(70, 70, "success", 0, 0));
        life.startAccepted(JOB);
        assertThat(log).containsExactly("started 70");

        life.changed(all(service(0, 70, "signal", 2, 9), unit("failed", "failed")));

        assertThat(log).endsWith("failure: unit x@5.service failed: signal, SIGKILL");
    }

    @Test
    void shouldTakeEverythingBeforeTheReply() {
        begin();
        life.changed(all(service(70, 70, "success", 0, 0), unit("activating", "start")));
        life.jobRemoved(JOB, "done");
        life.changed(all(service(0, 70, "success", 1, 0), unit("inactive", "dead")));
        assertThat(log).containsExactly("started 70");

        life.startAccepted(JOB);

        assertThat(log).containsExactly("started 70", "over", "success: unit x@5.service ended: status 0");
    }

    @Test
    void shouldNotTakeAnotherJobsEndForItsOwn() {
        accepted();
        life.changed(unit("inactive", "dead"));
        life.jobRemoved("/job/7", "done");
        life.changed(unit("inactive", "dead"));

        assertThat(log).isEmpty();
    }

    @Test
    void shouldTellTheStartOfAProgramThatWasSeenOnlyAfterItsEnd() {
        accepted();
        life.jobRemoved(JOB, "done");
        life.changed(service(0, 70, "success", 1, 0));
        life.changed(unit("inactive", "dead"));

        assertThat(log).containsExactly("started 70", "over", "success: unit x@5.service ended: status 0");
    }

    @Test
    void shouldNotCallItASuccessWhenASignalEndedTheProgram() {
        accepted();
        life.jobRemoved(JOB, "done");
        life.changed(all(service(70, 70, "success", 0, 0), unit("active", "running")));
        life.stop();
        life.changed(all(service(0, 70, "success", 2, 15), unit("inactive", "dead")));

        assertThat(log).containsExactly("started 70", "stop", "over", "failure: unit x@5.service ended: SIGTERM");
    }

    @Test
    void shouldStopWhatWouldRunAgainOrRemain() {
        for (String sub : List.of("auto-restart", "exited")) {
            UnitLifeTest other = new UnitLifeTest();
            other.accepted();
            other.life.jobRemoved(JOB, "done");
            other.life.changed(all(service(70, 70, "success", 0, 0), unit("active", "running")));
            other.life.changed(all(service(0, 70, "exit-code", 1, 3), unit("activating", sub)));
            other.life.changed(unit("activating", sub));
            assertThat(other.log).containsExactly("started 70", "stop");
            // The next run was faster than the stop.
            other.life.changed(all(service(71, 71, "success", 0, 0), unit("active", "running")));
            other.life.changed(all(service(0, 71, "success", 2, 15), unit("deactivating", "stop-sigterm")));
            other.life.changed(unit("inactive", "dead"));
            assertThat(other.log).endsWith("failure: unit x@5.service failed: exit-code, status 3");
        }
    }

    @Test
    void shouldClearAnEarlierFailureFirst() {
        life.connected();
        life.activeStateIs("failed");

        assertThat(log).containsExactly("ask", "reset", "start");
    }

    @Test
    void shouldRefuseAUnitThatRunsAlready() {
        life.connected();
        life.activeStateIs("deactivating");

        assertThat(log)
                .containsExactly(
                        "ask", "over", "failed: unit x@5.service: a unit of this name is deactivating already");
    }

    @Test
    void shouldCheckAgainAfterALossBeforeTheStart() {
        life.connected();
        life.connected();
        life.activeStateIs("inactive");
        life.activeStateIs("inactive");

        assertThat(log).containsExactly("ask", "ask", "start");
    }

    @Test
    void shouldGiveUpWhatWasNotStartedWhenThereIsNoManager() {
        life.unreachable("no way");
        life.unreachable("no way");

        assertThat(log).containsExactly("over", "failed: unit x@5.service: no way");
    }

    @Test
    void shouldKeepWhatRunsWhenThereIsNoManager() {
        accepted();
        life.unreachable("no way");
        assertThat(log).isEmpty();

        life.abandon("gone");
        assertThat(log).containsExactly("over", "failed: unit x@5.service: gone");
    }

    @Test
    void shouldResumeTheSameRun() {
        accepted();
        life.changed(all(service(70, 70, "success", 0, 0), unit("active", "running")));
        life.connected();
        life.resumed(all(service(0, 70, "success", 1, 0), unit("inactive", "dead")));

        assertThat(log).containsExactly("started 70", "ask all", "over", "success: unit x@5.service ended: status 0");
    }

    @Test
    void shouldResumeAJobThatStillWaits() {
        accepted();
        life.connected();
        Map<String, Object> waiting = Map.of(
                "ActiveState", "inactive", "SubState", "dead", "Job", List.of(16, JOB), "InvocationID", List.of());
        life.resumed(waiting);
        assertThat(log).containsExactly("ask all");

        life.jobRemoved(JOB, "dependency");
        life.changed(all(service(0, 0, "success", 0, 0), unit("inactive", "dead")));
        assertThat(log).endsWith("failed: unit x@5.service did not start: its job ended as dependency");
    }

    /** As recorded of a system manager that asks polkit before it accepts a start: the unit was loaded by our look only. */
    @Test
    void shouldNotMindThatItIsCollectedBeforeItsStartIsAccepted() {
        begin();
        life.removed();
        assertThat(log).isEmpty();
        life.startAccepted(JOB);
        life.changed(service(70, 70, "success", 0, 0));
        life.changed(unit("active", "running"));
        life.jobRemoved(JOB, "done");
        life.changed(all(service(0, 70, "success", 1, 0), unit("inactive", "dead")));

        assertThat(log).containsExactly("started 70", "over", "success: unit x@5.service ended: status 0");
    }

    @Test
    void shouldAskForAUnitThatIsGoneOnceItsStartIsAccepted() {
        begin();
        life.jobRemoved(JOB, "done");
        life.removed();
        assertThat(log).isEmpty();

        life.startAccepted(JOB);

        assertThat(log).containsExactly("ask all");
    }

    @Test
    void shouldNotTakeAnotherRunForItsOwn() {
        accepted();
        life.changed(all(service(70, 70, "success", 0, 0), unit("active", "running")));
        life.removed();
        Map<String, Object> other = new HashMap<>(all(service(71, 71, "success", 0, 0), unit("active", "running")));
        other.put("InvocationID", List.of((byte) 2));
        life.resumed(other);

        assertThat(log)
                .containsExactly(
                        "started 70",
                        "ask all",
                        "over",
                        "failure: unit x@5.service: the manager does not know any more how it ended");
    }

    @Test
    void shouldTellTheEndOnceWhateverComesLater() {
        accepted();
        life.startRefused("no");
        life.startRefused("no");
        life.jobRemoved(JOB, "done");
        life.changed(all(service(70, 70, "success", 0, 0), unit("inactive", "dead")));
        life.removed();
        life.connected();
        life.resumed(all(service(70, 70, "success", 0, 0), unit("inactive", "dead")));
        life.stop();
        life.abandon("gone");

        assertThat(log).containsExactly("over", "failed: unit x@5.service: no");
    }

    @Test
    void shouldGiveUpAStartThatIsStoppedBefore() {
        life.stop();

        assertThat(log).containsExactly("over", "failed: unit x@5.service: stopped before it was started");
    }
}
