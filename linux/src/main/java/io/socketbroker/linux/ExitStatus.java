package io.socketbroker.linux;

/** How a process ended (waitid(2)). Immutable. */
public sealed interface ExitStatus {

    /** It called exit(3) with this code, 0 to 255. Shown as "exit 0". */
    record Exited(int code) implements ExitStatus {
        @Override
        public String toString() {
            return "exit " + code;
        }
    }

    /** A signal ended it. Shown as "signal 9 (SIGKILL)". */
    record Signaled(int signal, boolean coreDumped) implements ExitStatus {
        @Override
        public String toString() {
            return "signal " + signal + " (" + Signals.name(signal) + ")" + (coreDumped ? ", core dumped" : "");
        }
    }

    /** Whether it ended by itself with code 0. */
    default boolean isSuccess() {
        return this instanceof Exited(int code) && code == 0;
    }
}
