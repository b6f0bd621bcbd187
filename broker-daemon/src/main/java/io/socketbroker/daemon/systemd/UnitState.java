package io.socketbroker.daemon.systemd;

import io.socketbroker.linux.Signals;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is known of a unit: the latest values of those properties of org.freedesktop.systemd1(5) that tell how it fares.
 * Not thread-safe.
 */
final class UnitState {
    private static final Set<String> KEPT = Set.of(
            "ActiveState",
            "SubState",
            "InvocationID",
            "Job",
            "ConditionResult",
            "Result",
            "MainPID",
            "ExecMainPID",
            "ExecMainCode",
            "ExecMainStatus");

    /** CLD_EXITED of waitid(2); the others mean a signal. */
    private static final int EXITED = 1;

    /** What systemd.exec(5), "Process Exit Codes", tells of its own failures before the program ran. */
    private static final Map<Integer, String> OWN_STATUSES = Map.ofEntries(
            Map.entry(200, "CHDIR"),
            Map.entry(203, "EXEC"),
            Map.entry(208, "STDIN"),
            Map.entry(209, "STDOUT"),
            Map.entry(213, "CGROUP"),
            Map.entry(216, "GROUP"),
            Map.entry(217, "USER"),
            Map.entry(218, "CAPABILITIES"),
            Map.entry(219, "CGROUP"),
            Map.entry(226, "NAMESPACE"),
            Map.entry(227, "NO_NEW_PRIVILEGES"),
            Map.entry(228, "SECCOMP"),
            Map.entry(233, "RUNTIME_DIRECTORY"),
            Map.entry(238, "STATE_DIRECTORY"),
            Map.entry(243, "CREDENTIALS"));

    private final Map<String, Object> values = new HashMap<>();

    /** Takes the properties of interest from a set of them. */
    void merge(Map<?, ?> properties) {
        for (String name : KEPT) {
            Object value = properties.get(name);
            if (value != null) {
                values.put(name, value);
            }
        }
    }

    private String text(String name) {
        return values.get(name) instanceof String value ? value : "";
    }

    private int number(String name) {
        return values.get(name) instanceof Number value ? value.intValue() : 0;
    }

    /** Nothing runs, whether it ended well or not. */
    boolean isOver() {
        return text("ActiveState").equals("inactive") || hasFailed();
    }

    boolean hasFailed() {
        return text("ActiveState").equals("failed");
    }

    /** It ended, but would be started again (Restart=), or stays active without a process (RemainAfterExit=). */
    boolean isLingering() {
        return text("SubState").contains("auto-restart") || text("SubState").equals("exited");
    }

    /** 0 when none runs. */
    int mainPid() {
        return number("MainPID");
    }

    /** Of the program that runs or ran last; 0 if none did. */
    int lastMainPid() {
        return number("ExecMainPID");
    }

    /** Names one run of the unit; empty if it never ran as long as the manager remembers. */
    String invocation() {
        return values.get("InvocationID") instanceof List<?> id && !id.isEmpty() ? id.toString() : "";
    }

    /** The object path of a job that waits or runs; empty if there is none. */
    String job() {
        return values.get("Job") instanceof List<?> job
                        && job.size() == 2
                        && job.get(0) instanceof Number id
                        && id.longValue() != 0
                ? String.valueOf(job.get(1))
                : "";
    }

    /** False if a ConditionPathExists= or the like kept it from running. */
    boolean conditionsMet() {
        return !Boolean.FALSE.equals(values.get("ConditionResult"));
    }

    /** The manager calls it a success. */
    boolean resultIsSuccess() {
        return text("Result").equals("success");
    }

    /** Also, no signal ended the program: the manager takes SIGTERM for a proper end, but the work was not done. */
    boolean isSuccess() {
        return resultIsSuccess() && number("ExecMainCode") == EXITED;
    }

    /** Such as "failed: exit-code, status 3" and "ended: status 0". */
    String description() {
        String exit = exit();
        if (resultIsSuccess()) {
            return "ended" + (exit.isEmpty() ? "" : ": " + exit);
        }
        return "failed: " + text("Result") + (exit.isEmpty() ? "" : ", " + exit);
    }

    private String exit() {
        int code = number("ExecMainCode");
        int status = number("ExecMainStatus");
        if (code == 0) {
            return "";
        }
        if (code == EXITED) {
            String own = OWN_STATUSES.get(status);
            return "status " + status + (own == null ? "" : "/" + own);
        }
        return Signals.name(status);
    }
}
