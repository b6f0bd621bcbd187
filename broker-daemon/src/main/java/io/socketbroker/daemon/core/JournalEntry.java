package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.TaskSpec;

/** One change of what must outlive the broker's process. */
public sealed interface JournalEntry {
    /** A task is registered, or replaced. */
    record TaskPut(TaskName name, TaskSpec spec) implements JournalEntry {}

    /** A task is gone. */
    record TaskRemoved(TaskName name) implements JournalEntry {}

    /** A socket is with the broker, or changed. */
    record SocketPut(
            SocketName name,
            TaskName task,
            long cookie,
            long generation,
            ByteString context,
            KeepAlive keepAlive,
            SocketOptions options)
            implements JournalEntry {}

    /** A socket has left the broker. */
    record SocketRemoved(SocketName name) implements JournalEntry {}
}
