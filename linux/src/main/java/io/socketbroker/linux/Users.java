package io.socketbroker.linux;

/** Who this process is, by the effective ids that the kernel checks and that peers see in SO_PEERCRED. Thread-safe. */
public final class Users {

    private Users() {}

    /** Effective user id (geteuid(2)). */
    public static int uid() {
        return LibcProcess.Identity.GETEUID.call();
    }

    /** Effective group id (getegid(2)). */
    public static int gid() {
        return LibcProcess.Identity.GETEGID.call();
    }
}
