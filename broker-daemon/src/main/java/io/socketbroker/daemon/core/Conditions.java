package io.socketbroker.daemon.core;

import com.google.protobuf.util.Durations;
import io.socketbroker.daemon.time.Timers;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.TaskConditions;
import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether the conditions of tasks are met. Looking takes I/O, so the shell is asked and answers later; an answer is relied
 * on for as long as it says.
 */
final class Conditions {
    private static final long NEVER = Long.MIN_VALUE;

    private final BrokerState state;
    private Consumer<TaskEntry> onChange = _ -> {};
    private long lastQuestion;

    Conditions(BrokerState state) {
        this.state = state;
    }

    /** What is known for one task. Mutable. */
    static final class Known {
        /** The question that waits for its answer; 0 if none does. */
        long question;

        long metUntilNanos = NEVER;

        /** Since when wakes wait for an answer, or for another one; NEVER if none does. */
        long waitingSinceNanos = NEVER;

        /** For people; empty unless wakes wait. */
        String unmet = "";

        Timers.@Nullable Timer lookAgain;
    }

    /** Who goes on with a task that may be woken, or should be asked about again. */
    void onChange(Consumer<TaskEntry> listener) {
        onChange = listener;
    }

    /** Whether a handler of the task may be woken now. If that is not known yet, its answer comes as a change. */
    boolean met(TaskEntry task) {
        TaskConditions conditions = task.spec.getConditions();
        if (conditions.equals(TaskConditions.getDefaultInstance())) {
            return true;
        }
        Known known = task.conditions;
        if (state.nowNanos < known.metUntilNanos || state.nowNanos >= deadlineNanos(conditions, known)) {
            return true;
        }
        if (known.question == 0 && known.lookAgain == null) {
            ask(task, conditions, known);
        }
        return false;
    }

    /** An answer may never come, from a file system that hangs for example: the deadline counts all the same. */
    private void ask(TaskEntry task, TaskConditions conditions, Known known) {
        known.question = ++lastQuestion;
        if (known.waitingSinceNanos == NEVER) {
            known.waitingSinceNanos = state.nowNanos;
        }
        state.effect(new Effect.Evaluate(task.name, known.question, conditions));
        if (conditions.hasMaxDeferral()) {
            lookAgainAt(task, known, deadlineNanos(conditions, known));
        }
    }

    private void lookAgainAt(TaskEntry task, Known known, long atNanos) {
        state.timers.cancel(known.lookAgain);
        known.lookAgain = state.timers.schedule(atNanos, () -> {
            known.lookAgain = null;
            onChange.accept(task);
        });
    }

    private static long deadlineNanos(TaskConditions conditions, Known known) {
        return known.waitingSinceNanos == NEVER || !conditions.hasMaxDeferral()
                ? Long.MAX_VALUE
                : known.waitingSinceNanos + Durations.toNanos(conditions.getMaxDeferral());
    }

    /** An answer. */
    void evaluated(TaskName name, long question, boolean met, String unmet, long lookAgainNanos) {
        TaskEntry task = state.tasks.get(name);
        if (task == null || task.conditions.question != question) {
            return;
        }
        Known known = task.conditions;
        known.question = 0;
        state.timers.cancel(known.lookAgain);
        known.lookAgain = null;
        if (met) {
            known.metUntilNanos = state.nowNanos + lookAgainNanos;
            forgetUnmet(known);
            onChange.accept(task);
            return;
        }
        if (known.unmet.isEmpty()) {
            state.emit(EventType.EVENT_TYPE_WAKE_DEFERRED, name, "its wakes wait: " + unmet);
        }
        known.unmet = unmet;
        lookAgainAt(
                task,
                known,
                Math.min(state.nowNanos + lookAgainNanos, deadlineNanos(task.spec.getConditions(), known)));
    }

    /** Nothing of the task waits any more: a later wake is deferred anew. */
    void idle(TaskEntry task) {
        forgetUnmet(task.conditions);
    }

    /** The task has other conditions, or is gone. */
    void reset(TaskEntry task) {
        state.timers.cancel(task.conditions.lookAgain);
        task.conditions = new Known();
    }

    /** What some conditions speak of has changed: they are looked at again at once. */
    void networkChanged(Collection<TaskEntry> tasks) {
        for (TaskEntry task : tasks) {
            if (task.spec.getConditions().getNetworkAvailable()) {
                task.conditions.metUntilNanos = NEVER;
                if (task.conditions.question == 0) {
                    state.timers.cancel(task.conditions.lookAgain);
                    task.conditions.lookAgain = null;
                }
                onChange.accept(task);
            }
        }
    }

    private static void forgetUnmet(Known known) {
        known.waitingSinceNanos = NEVER;
        known.unmet = "";
    }
}
