package io.socketbroker.linux;

/** Limits of processes (prlimit(2)). Thread-safe. */
public final class ResourceLimits {

    /** RLIM_INFINITY, as a soft or hard limit. */
    public static final long UNLIMITED = -1;

    private static final int THIS_PROCESS = 0;

    private ResourceLimits() {}

    /**
     * A limit.
     *
     * @param soft what the kernel enforces
     * @param hard how far the process may raise it
     */
    public record Limit(long soft, long hard) {}

    /**
     * RLIMIT_NOFILE of this process: every descriptor is below the soft limit. The JVM raises it to the hard one at its
     * start.
     */
    public static Limit openFiles() {
        var memory = ThreadMemory.current().option();
        int result = LibcProcess.PRLIMIT.call(THIS_PROCESS, Abi.RLIMIT_NOFILE, 0, memory.address());
        LinuxException.check("prlimit(RLIMIT_NOFILE)", result);
        return new Limit(memory.getLong(0), memory.getLong(Abi.RLIMIT_MAX_OFFSET));
    }

    /**
     * Sets RLIMIT_NOFILE of this process.
     *
     * @throws LinuxException EPERM to raise the hard limit without CAP_SYS_RESOURCE or above fs.nr_open, EINVAL if soft
     *     is above hard
     */
    public static void setOpenFiles(long soft, long hard) {
        LinuxException.check("prlimit(RLIMIT_NOFILE)", set(THIS_PROCESS, soft, hard));
    }

    /**
     * Sets RLIMIT_NOFILE of another process of the same user.
     *
     * @throws LinuxException as {@link #setOpenFiles}, and ESRCH without such a process
     */
    public static void setOpenFilesOf(int pid, long soft, long hard) {
        int result = set(pid, soft, hard);
        if (result < 0) {
            throw LinuxException.of("prlimit(RLIMIT_NOFILE)", "process " + pid, -result);
        }
    }

    private static int set(int pid, long soft, long hard) {
        var memory = ThreadMemory.current().option();
        memory.setLong(0, soft);
        memory.setLong(Abi.RLIMIT_MAX_OFFSET, hard);
        return LibcProcess.PRLIMIT.call(pid, Abi.RLIMIT_NOFILE, memory.address(), 0);
    }
}
