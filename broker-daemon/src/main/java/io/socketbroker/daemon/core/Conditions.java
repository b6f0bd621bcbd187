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

        long metUntilNanos = Long.MIN_VALUE;

        /** Since when wakes wait; MIN_VALUE if none does. */
        long unmetSinceNanos = Long.MIN_VALUE;

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
            known.question = ++lastQuestion;
            state.effect(new Effect.Evaluate(task.name, known.question, conditions));
        }
        return false;
    }

    private static long deadlineNanos(TaskConditions conditions, Known known) {
        return known.unmetSinceNanos == Long.MIN_VALUE || !conditions.hasMaxDeferral()
                ? Long.MAX_VALUE
                : known.unmetSinceNanos + Durations.toNanos(conditions.getMaxDeferral());
    }

    /** An answer. */
    void evaluated(TaskName name, long question, boolean met, String unmet, long lookAgainNanos) {
        TaskEntry task = state.tasks.get(name);
        if (task == null || task.conditions.question != question) {
            return;
        }
        Known known = task.conditions;
        known.question = 0;
        if (met) {
            known.metUntilNanos = state.nowNanos + lookAgainNanos;
            forgetUnmet(known);
            onChange.accept(task);
            return;
        }
        if (known.unmetSinceNanos == Long.MIN_VALUE) {
            known.unmetSinceNanos = state.nowNanos;
            state.emit(EventType.EVENT_TYPE_WAKE_DEFERRED, name, "its wakes wait: " + unmet);
        }
        known.unmet = unmet;
        long again = Math.min(state.nowNanos + lookAgainNanos, deadlineNanos(task.spec.getConditions(), known));
        known.lookAgain = state.timers.schedule(again, () -> {
            known.lookAgain = null;
            onChange.accept(task);
        });
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
                task.conditions.metUntilNanos = Long.MIN_VALUE;
                state.timers.cancel(task.conditions.lookAgain);
                task.conditions.lookAgain = null;
                onChange.accept(task);
            }
        }
    }

    private static void forgetUnmet(Known known) {
        known.unmetSinceNanos = Long.MIN_VALUE;
        known.unmet = "";
    }
}
