package io.socketbroker.daemon.core;

import java.util.Comparator;

/**
 * Identity of a task among all users.
 *
 * @param uid of the owner
 * @param app the owner's application
 * @param name chosen by the application
 */
public record TaskName(int uid, String app, String name) implements Comparable<TaskName> {
    private static final Comparator<TaskName> ORDER = Comparator.comparingLong(
                    (TaskName task) -> Integer.toUnsignedLong(task.uid))
            .thenComparing(TaskName::app)
            .thenComparing(TaskName::name);

    @Override
    public int compareTo(TaskName other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return app + "/" + name + " of uid " + Integer.toUnsignedString(uid);
    }
}
