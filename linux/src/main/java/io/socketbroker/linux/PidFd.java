package io.socketbroker.linux;

import java.util.Optional;

/** Descriptors of processes (pidfd_open(2)), which unlike a pid never come to mean another process. Thread-safe. */
public final class PidFd {

    private PidFd() {}

    /**
     * A descriptor of a process, with FD_CLOEXEC; readable when the process has ended.
     *
     * @throws LinuxException ESRCH without such a process, EMFILE
     */
    public static OwnedFd open(int pid) {
        int number = LibcProcess.SYSCALL.call(Abi.SYS_PIDFD_OPEN, pid, 0, 0, 0);
        if (number < 0) {
            throw LinuxException.of("pidfd_open", "process " + pid, -number);
        }
        return OwnedFd.own(number);
    }

    /**
     * Reaps a child (waitid(2) with P_PIDFD), which only its parent can, and once.
     *
     * @param block whether to wait for its end
     * @return empty if it still runs and {@code block} is false
     * @throws LinuxException ECHILD if it is no child of this process or was reaped before
     */
    public static Optional<ExitStatus> waitFor(Fd pidfd, boolean block) {
        var info = ThreadMemory.current().option();
        int options = Abi.WEXITED | (block ? 0 : Abi.WNOHANG);
        int result;
        do {
            info.setInt(Abi.SIGINFO_PID_OFFSET, 0); // stays so if WNOHANG finds nothing
            result = LibcProcess.WAITID.call(Abi.P_PIDFD, pidfd.number(), info.address(), options);
        } while (result == -Errno.EINTR);
        LinuxException.check("waitid", pidfd, result);
        if (info.getInt(Abi.SIGINFO_PID_OFFSET) == 0) {
            return Optional.empty();
        }
        int status = info.getInt(Abi.SIGINFO_STATUS_OFFSET);
        int code = info.getInt(Abi.SIGINFO_CODE_OFFSET);
        return Optional.of(
                code == Abi.CLD_EXITED
                        ? new ExitStatus.Exited(status)
                        : new ExitStatus.Signaled(status, code == Abi.CLD_DUMPED));
    }

    /** Waits for a child without a pidfd and forgets its status. */
    static void reap(int pid) {
        var info = ThreadMemory.current().option();
        int result;
        do {
            result = LibcProcess.WAITID.call(Abi.P_PID, pid, info.address(), Abi.WEXITED);
        } while (result == -Errno.EINTR);
    }

    /**
     * Sends a signal (pidfd_send_signal(2)); without effect if the process has ended and was reaped.
     *
     * @param signal a number of {@link Signals}; 0 only checks
     * @throws LinuxException EPERM for a process of another user, EINVAL for an unknown signal
     */
    public static void sendSignal(Fd pidfd, int signal) {
        int result = LibcProcess.SYSCALL.call(Abi.SYS_PIDFD_SEND_SIGNAL, pidfd.number(), signal, 0, 0);
        if (result != -Errno.ESRCH) {
            LinuxException.check("pidfd_send_signal", pidfd, result);
        }
    }
}
