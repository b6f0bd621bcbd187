package io.socketbroker.daemon.core;

/** What became of bytes that the broker itself was to send. They go out whole or not at all. */
public enum SendOutcome {
    /** With the kernel. */
    SENT,
    /** Not sent: the peer has not acknowledged what was sent before. */
    BUSY,
    /** Not sent: the connection is broken. */
    FAILED
}
