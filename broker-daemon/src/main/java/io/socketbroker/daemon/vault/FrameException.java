package io.socketbroker.daemon.vault;

/** A frame is wrong or cannot be served, and nothing has changed. An answer rather than a defect: no stack trace. */
public final class FrameException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    FrameException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** What the peer is told. */
    public Reason reason() {
        return reason;
    }
}
