package io.socketbroker.client;

import io.socketbroker.v1.LaunchStyle;

/**
 * The main method of a program that the broker launches: works on what it was launched for, and stays for more while the
 * task lets it. Stateless.
 *
 * <pre>{@code
 * public static void main(String[] args) {
 *     ActivatedHandler.run(socket -> answer(socket));
 * }
 * }</pre>
 *
 * <p>The handler is called for each socket of the launch, and what {@link SocketHandler} promises holds but for one thing:
 * after a failure the socket is not given back here. Its lease is left to the task's exit policy, which can repeat the
 * activation and counts its attempts; so the process ends as soon as its other work is done, with an exit status other
 * than 0.
 *
 * <p>If the task has a linger time ({@link TaskDefinition#withLinger}), the program attaches to it meanwhile, so that
 * further wakes come to the same handler without a launch; sockets are given back once it is attached. Once it had no work for that long it tells the broker to send
 * no more, finishes what was on its way, and returns. Nothing is lost in between: what comes later is not acknowledged,
 * and the broker launches anew. It stays in the styles "claim" and "listen-fds" only: in the style "socket" the descriptors
 * 0 and 1 would keep the connection open.
 */
public final class ActivatedHandler {

    private ActivatedHandler() {}

    /**
     * Runs the handler with the default options of a session.
     *
     * @throws HandlerFailedException if sockets of the launch are left to the exit policy: let it end the process
     * @throws BrokerException if the broker is gone or the token is over
     * @throws IllegalStateException if no broker launched this process, see {@link ActivationContext#find}
     */
    public static void run(SocketHandler handler) {
        run(SessionOptions.of(ActivationContext.current().task()), handler);
    }

    /**
     * As {@link #run(SocketHandler)}.
     *
     * @param options executor and credit for the launch and for what comes later; their task is that of the launch
     */
    public static void run(SessionOptions options, SocketHandler handler) {
        run(ActivationContext.current(), ClientTimeouts.DEFAULT, options, handler);
    }

    static void run(
            ActivationContext activation, ClientTimeouts timeouts, SessionOptions options, SocketHandler handler) {
        if (!options.task().equals(activation.task())) {
            throw new IllegalArgumentException(
                    "this process was launched for the task " + activation.task() + ", not for " + options.task());
        }
        boolean stays = activation.linger().isPositive() && activation.style() != LaunchStyle.LAUNCH_STYLE_SOCKET;
        if (stays) {
            // What wakes again before this program is attached would cost another launch.
            activation.lease().holdReturns();
        }
        var credits = new CreditLedger(options.credit());
        var work = new LaunchedWork(activation.lease(), credits);
        work.start(new HandlerCall(handler, options.executor()));
        try {
            if (stays) {
                Linger.stay(activation, timeouts, options, handler, credits);
            }
        } finally {
            // Handlers run on daemon threads: they end with this one.
            work.await();
        }
        work.requireSuccess();
    }
}
