package io.socketbroker.daemon.journal;

/**
 * The store cannot be opened or read, and nothing in it was changed on purpose. The message says what is wrong with which
 * folder and what to do.
 */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Problem problem;

    /** What kind of trouble it is. */
    public enum Problem {
        /** Another broker has the folder. */
        IN_USE,
        /** The folder belongs to another user. */
        FOREIGN_OWNER,
        /** A newer broker wrote it. */
        NEWER,
        /** Records are damaged, or acknowledged ones are missing. */
        DAMAGED,
        /** The disk is full, or the user's share of it. */
        NO_SPACE,
        /** The disk or the system does not do what is asked, or the store is closed. */
        UNUSABLE
    }

    StoreException(Problem problem, String message, Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    StoreException(Problem problem, String message) {
        super(message);
        this.problem = problem;
    }

    /** What kind of trouble it is. */
    public Problem problem() {
        return problem;
    }
}
