package io.socketbroker.daemon;

import io.socketbroker.linux.ResourceLimits;

/**
 * How the process's descriptors are shared out: most for brokered sockets, some for handlers (a pidfd and a pipe each), and
 * a reserve for connections and files, so that the last brokered socket never takes the last descriptor.
 *
 * @param openFiles RLIMIT_NOFILE of the broker
 * @param handlers that may run at the same time
 * @param sockets that may be brokered
 * @param handlerOpenFiles soft RLIMIT_NOFILE for handlers: what the broker itself was started with
 */
record DescriptorBudget(int openFiles, int handlers, int sockets, long handlerOpenFiles) {
    private static final int MOST_HANDLERS = 512;
    private static final int LARGEST_RESERVE = 256;
    private static final int DESCRIPTORS_PER_HANDLER = 2;
    private static final long CLASSIC_SOFT_LIMIT = 1_024;

    static DescriptorBudget of(long openFiles, long handlerOpenFiles) {
        int usable = Math.clamp(openFiles, 64, 1 << 20);
        int handlers = Math.min(MOST_HANDLERS, usable / 16);
        int reserve = Math.min(LARGEST_RESERVE, usable / 4);
        return new DescriptorBudget(
                usable, handlers, usable - reserve - handlers * DESCRIPTORS_PER_HANDLER, handlerOpenFiles);
    }

    /** Raises the soft limit of this process to its hard limit. */
    static DescriptorBudget claim() {
        ResourceLimits.Limit limit = ResourceLimits.openFiles();
        long hard = limit.hard() == ResourceLimits.UNLIMITED ? 1 << 20 : limit.hard();
        // Equal limits mean that somebody raised the soft one already: handlers get the classic one.
        long forHandlers = limit.soft() == limit.hard() ? Math.min(CLASSIC_SOFT_LIMIT, hard) : limit.soft();
        if (limit.soft() != hard) {
            ResourceLimits.setOpenFiles(hard, limit.hard());
        }
        return of(hard, forHandlers);
    }
}
