package io.socketbroker.linux;

/** Pipes (pipe(7)). Thread-safe. */
public final class Pipes {

    private Pipes() {}

    /** Both ends of a pipe; closing it closes both, as far as they are still owned. */
    public record Pipe(OwnedFd readEnd, OwnedFd writeEnd) implements AutoCloseable {
        @Override
        public void close() {
            readEnd.close();
            writeEnd.close();
        }
    }

    /** A blocking pipe, both ends with FD_CLOEXEC (pipe2(2)). */
    public static Pipe create() {
        var memory = ThreadMemory.current().option();
        LinuxException.check("pipe2", LibcEvents.PIPE2.call(memory.address(), Abi.O_CLOEXEC));
        return new Pipe(OwnedFd.own(memory.getInt(0)), OwnedFd.own(memory.getInt(Integer.BYTES)));
    }
}
