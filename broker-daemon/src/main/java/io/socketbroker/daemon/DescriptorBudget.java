package io.socketbroker.daemon;

import io.socketbroker.linux.OpenDescriptors;
import io.socketbroker.linux.ResourceLimits;
import java.io.IOException;

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

    /** Files of the store, libraries, epoll, and some connections: opened after the budget is made. */
    private static final int OPENED_LATER = 64;

    /** Fewer would be of use to nobody. */
    private static final int FEWEST_SOCKETS = 8;

    static DescriptorBudget of(long openFiles, long handlerOpenFiles) {
        int usable = Math.clamp(openFiles, 64, 1 << 20);
        int handlers = Math.min(MOST_HANDLERS, usable / 16);
        int reserve = Math.min(LARGEST_RESERVE, usable / 4);
        return new DescriptorBudget(
                usable, handlers, usable - reserve - handlers * DESCRIPTORS_PER_HANDLER, handlerOpenFiles);
    }

    /**
     * The same in a process that has much open already.
     *
     * @param own descriptors of the process itself
     * @throws IOException if nothing is left for sockets; the message says what to do
     */
    DescriptorBudget beside(int own) throws IOException {
        int left = openFiles - own - OPENED_LATER - handlers * DESCRIPTORS_PER_HANDLER;
        if (left < FEWEST_SOCKETS) {
            throw tooLow(openFiles, openFiles - left + FEWEST_SOCKETS);
        }
        return new DescriptorBudget(openFiles, handlers, Math.min(sockets, left), handlerOpenFiles);
    }

    private static IOException tooLow(long limit, long needed) {
        return new IOException("the limit of open files is " + limit + ", and the broker needs " + needed
                + " and one for each socket; raise it (ulimit -n, LimitNOFILE= of systemd.exec(5))");
    }

    /**
     * Raises the soft limit of this process to its hard limit.
     *
     * @throws IOException if that is too low
     */
    static DescriptorBudget claim() throws IOException {
        ResourceLimits.Limit limit = ResourceLimits.openFiles();
        long hard = limit.hard() == ResourceLimits.UNLIMITED ? 1 << 20 : limit.hard();
        // Equal limits mean that somebody raised the soft one already: handlers get the classic one.
        long forHandlers = limit.soft() == limit.hard() ? Math.min(CLASSIC_SOFT_LIMIT, hard) : limit.soft();
        if (limit.soft() != hard) {
            ResourceLimits.setOpenFiles(hard, limit.hard());
        }
        // Sockets that are open by now came from a former broker, and are among those that are brokered.
        long own = OpenDescriptors.of(Math.toIntExact(ProcessHandle.current().pid())).values().stream()
                .filter(target -> !target.startsWith("socket:"))
                .count();
        return of(hard, forHandlers).beside((int) own);
    }
}
