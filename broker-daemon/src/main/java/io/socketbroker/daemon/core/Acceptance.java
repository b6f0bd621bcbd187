package io.socketbroker.daemon.core;

/** How a run of accepts on a listener ended. */
public enum Acceptance {
    /** Nothing is left to accept. */
    BACKLOG_EMPTY,
    /** As many as allowed were accepted; more may wait. */
    MORE_WAITING,
    /** accept4 failed for want of descriptors or memory. */
    NO_DESCRIPTORS
}
