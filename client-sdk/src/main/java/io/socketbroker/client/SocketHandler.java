package io.socketbroker.client;

/**
 * What a program does with each socket that wakes it, see {@link BrokerClient#attach} and, for a program that the broker
 * launches, {@link ActivatedHandler}. Called by the session's executor, for several sockets at once.
 *
 * <ul>
 *   <li>Returns normally without having ended the lease: the socket is given back, as by {@link
 *       ActivatedSocket#giveBack()}.
 *   <li>Throws: it is logged at WARN and counted as failed, the descriptor is closed, and the socket is given back after
 *       a delay that doubles with each failure of that socket in a row (0.1 s to 30 s, with jitter), so that unread
 *       bytes wake it again but cannot spin. The protocol has no outcome "failed", so the broker's own count of attempts
 *       does not grow. A handler that knows the socket to be of no use calls {@link ActivatedSocket#close}.
 *   <li>Has ended the lease: nothing more happens. After {@link ActivatedSocket#keep} the descriptor is the program's;
 *       {@link ActivatedSocket#takeDescriptor} hands it out. After {@link ActivatedSocket#takeDescriptor} the program
 *       closes the descriptor in any case, after the end of the lease.
 * </ul>
 *
 * <p>The socket counts against the session's credit until the handler is done and its lease has ended.
 */
@FunctionalInterface
public interface SocketHandler {

    /** Works on one socket, as long as it likes. */
    void handle(ActivatedSocket socket) throws Exception;

    /** A handler whose work goes on after its call, without a thread. */
    static SocketHandler async(AsyncSocketHandler handler) {
        return new AsyncAdapter(handler);
    }
}
