package io.socketbroker.benchmarks.harness;

/** What was measured is worth nothing: a wrong answer, a lost socket, a process that ended. Slow is no reason. */
public final class InvalidRunException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says what went wrong, and with whom. */
    public InvalidRunException(String message) {
        super(message);
    }

    /** As the other, after a failure. */
    public InvalidRunException(String message, Throwable cause) {
        super(message, cause);
    }
}
