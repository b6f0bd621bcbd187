package io.socketbroker.daemon.systemd;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one unit's life, from the request to its end: what the manager reports goes in, what to ask of it and what
 * to tell the caller comes out. Without I/O. On the launcher's thread.
 *
 * <p>A unit is over when its start job is done and nothing of it is active. The order matters: before its job has run, a
 * unit is inactive too, and of a oneshot unit the job is done only after the program has ended.
 */
final class UnitLife {
    /** Jobs of this unit that end before the reply names ours: ours, and perhaps one that another caller asked for. */
    private static final int MOST_EARLY_JOBS = 16;

    private final String unit;
    private final Port port;
    private final UnitLauncher.Outcome outcome;
    private final UnitState state = new UnitState();
    private final Map<String, String> earlyJobs = new LinkedHashMap<>();
    private Phase phase = Phase.WAITING;
    private String job = "";
    private String jobResult = "";
    private boolean changedSinceEarlyJob;
    private boolean removedBeforeAccepted;
    private boolean started;
    private @Nullable Ending ending;

    private enum Phase {
        /** For a connection. */
        WAITING,
        /** Whether an earlier unit of this name still runs. */
        CHECKING,
        /** The start job waits or runs. */
        STARTING,
        /** The start job is over. */
        RUNNING,
        OVER
    }

    private record Ending(boolean success, String text) {}

    /** What the rules ask for. */
    interface Port {
        /** Answered by {@link UnitLife#activeStateIs}. */
        void askActiveState();

        /** Answered by {@link UnitLife#startAccepted} or {@link UnitLife#startRefused}. */
        void start();

        /** StopUnit. */
        void stop();

        /** ResetFailedUnit: the manager forgets the failure and the starts that it has counted. */
        void resetFailed();

        /** Answered by {@link UnitLife#resumed}. */
        void askAllProperties();

        /** The last call: the unit needs no more attention. */
        void over();
    }

    /**
     * A unit that is to start once there is a connection.
     *
     * @param unit its name, for texts
     */
    UnitLife(String unit, Port port, UnitLauncher.Outcome outcome) {
        this.unit = unit;
        this.port = port;
        this.outcome = outcome;
    }

    /** There is a connection, the first one or a new one. */
    void connected() {
        switch (phase) {
            case WAITING, CHECKING -> {
                phase = Phase.CHECKING;
                port.askActiveState();
            }
            case STARTING, RUNNING -> port.askAllProperties();
            case OVER -> {}
        }
    }

    /** No connection could be made. What was started is given more time. */
    void unreachable(String why) {
        if (phase == Phase.WAITING || phase == Phase.CHECKING) {
            abandon(why);
        }
    }

    /** Ends it as far as the caller is concerned, whatever the unit does. */
    void abandon(String why) {
        if (phase != Phase.OVER) {
            end(false, "unit " + unit + ": " + why);
        }
    }

    /** A start that was not asked for yet is given up; otherwise StopUnit. */
    void stop() {
        switch (phase) {
            case WAITING, CHECKING -> abandon("stopped before it was started");
            case STARTING, RUNNING -> port.stop();
            case OVER -> {}
        }
    }

    /** Whether a signal has a process to go to. */
    boolean isUnderWay() {
        return phase == Phase.STARTING || phase == Phase.RUNNING;
    }

    /** The answer to {@link Port#askActiveState}. */
    void activeStateIs(String active) {
        if (phase != Phase.CHECKING) {
            return;
        }
        if (!active.equals("inactive") && !active.equals("failed")) {
            abandon("a unit of this name is " + active + " already");
            return;
        }
        if (active.equals("failed")) {
            port.resetFailed();
        }
        phase = Phase.STARTING;
        port.start();
    }

    /** The answer to {@link Port#start}. */
    void startAccepted(String jobPath) {
        if (phase != Phase.STARTING) {
            return;
        }
        job = jobPath;
        String early = earlyJobs.get(jobPath);
        earlyJobs.clear();
        if (early != null) {
            jobEnded(early);
            if (removedBeforeAccepted) {
                port.askAllProperties();
            } else if (changedSinceEarlyJob) {
                judge();
            }
        }
    }

    /** The other answer to {@link Port#start}: missing, masked, not allowed. */
    void startRefused(String why) {
        abandon(why);
    }

    /** Signal JobRemoved of this unit. */
    void jobRemoved(String jobPath, String result) {
        if (phase != Phase.STARTING) {
            return;
        }
        if (job.equals(jobPath)) {
            jobEnded(result);
        } else if (job.isEmpty() && earlyJobs.size() < MOST_EARLY_JOBS) {
            earlyJobs.put(jobPath, result);
            changedSinceEarlyJob = false;
        }
    }

    private void jobEnded(String result) {
        jobResult = result;
        phase = Phase.RUNNING;
        // Not judged yet: the manager reports the unit's state after the job's end, because its job has changed.
    }

    /** Signal PropertiesChanged, of the interface of units or of that of services. */
    void changed(Map<?, ?> properties) {
        if (isUnderWay()) {
            state.merge(properties);
            // A unit's properties come after its service's, and the state is among them.
            if (properties.containsKey("ActiveState")) {
                changedSinceEarlyJob = true;
                judge();
            } else {
                reportStart(state.mainPid());
            }
        }
    }

    /**
     * Signal UnitRemoved: it was collected, or the manager reloads all units. While polkit is asked about the start, nothing
     * but our look at its state has loaded the unit, and the manager collects it again.
     */
    void removed() {
        if (phase == Phase.STARTING && job.isEmpty()) {
            removedBeforeAccepted = true;
        } else if (isUnderWay()) {
            port.askAllProperties();
        }
    }

    /** The answer to {@link Port#askAllProperties}: the unit as it is now, perhaps another run of it or none. */
    void resumed(Map<?, ?> properties) {
        if (!isUnderWay()) {
            return;
        }
        UnitState now = new UnitState();
        now.merge(properties);
        boolean sameRun = state.invocation().isEmpty() || state.invocation().equals(now.invocation());
        if (!sameRun || (now.invocation().isEmpty() && now.job().isEmpty())) {
            abandon("the manager does not know any more how it ended");
            return;
        }
        state.merge(properties);
        if (now.job().isEmpty()) {
            phase = Phase.RUNNING;
        } else if (phase == Phase.STARTING) {
            job = now.job();
        }
        judge();
    }

    private void judge() {
        reportStart(state.mainPid());
        if (state.isLingering() && ending == null) {
            // The broker decides whether a program runs again, and one activation is one run. What the next run or the
            // stop make of the unit is not this one's result.
            ending = ending();
            port.stop();
        }
        if (phase == Phase.RUNNING && state.isOver()) {
            Ending known = ending == null ? ending() : ending;
            end(known.success, "unit " + unit + " " + known.text);
        }
    }

    private Ending ending() {
        boolean jobDone = jobResult.isEmpty() || jobResult.equals("done");
        if (!started && jobDone && !state.conditionsMet()) {
            return new Ending(false, "did not run: a condition of it is not met");
        }
        reportStart(state.lastMainPid());
        if (started || !state.resultIsSuccess()) {
            return new Ending(state.isSuccess(), state.description());
        }
        return new Ending(false, jobDone ? "has no main program" : "did not start: its job ended as " + jobResult);
    }

    private void reportStart(int pid) {
        if (!started && pid > 0) {
            started = true;
            outcome.started(pid);
        }
    }

    private void end(boolean success, String text) {
        boolean failed = state.hasFailed();
        phase = Phase.OVER;
        if (failed) {
            port.resetFailed();
        }
        port.over();
        if (started) {
            outcome.ended(success, text);
        } else {
            outcome.failed(text);
        }
    }
}
