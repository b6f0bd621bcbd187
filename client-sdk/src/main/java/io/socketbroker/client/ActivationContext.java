package io.socketbroker.client;

import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.TriggerReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Why the broker launched this process, and the sockets it is for. Thread-safe. One for each process.
 *
 * <pre>{@code
 * var activation = ActivationContext.current();
 * var socket = activation.socket();
 * ... // read the request, write the answer
 * activation.giveBack(newState);
 * }</pre>
 *
 * <p>What the environment tells is there at once. {@link #sockets} and what ends the activation ask the broker on
 * {@code fd.sock}, without gRPC, each at most twice the 6 s of {@link ClientTimeouts#DEFAULT}. A handler that ends
 * without a word is judged by its exit status: see the task's exit policy. That is why this class is not closed by
 * try-with-resources: an exception must not look like a handler that is done.
 *
 * <p>{@link ActivatedHandler} does all this for a program that is a {@link SocketHandler}.
 *
 * <p>In the style "socket" {@link System#inheritedChannel} works as well. To send on a UDP socket of IPv4 that way, the
 * JVM needs {@code -Djava.net.preferIPv4Stack=true}: the JDK takes an inherited socket for one of IPv6 otherwise.
 */
public final class ActivationContext {

    private final HandlerEnvironment environment;
    private final Lease lease;

    private ActivationContext(HandlerEnvironment environment) {
        this.environment = environment;
        this.lease = new Lease(environment);
    }

    /** Made with the first question, so that a program that never asks pays nothing. */
    private static final class Holder {
        static final Optional<ActivationContext> INSTANCE =
                of(System.getenv(), ProcessHandle.current().pid());
    }

    static Optional<ActivationContext> of(Map<String, String> environment, long pid) {
        return HandlerEnvironment.of(environment, pid).map(ActivationContext::new);
    }

    /**
     * The activation that this process was launched for.
     *
     * @throws IllegalStateException if no broker launched it, see {@link #find}
     */
    public static ActivationContext current() {
        return find().orElseThrow(() -> new IllegalStateException("this process was not launched by a broker"
                + " (SOCKETBROKER_TOKEN is not set): register its command as a task"));
    }

    /** The activation that this process was launched for; empty if a broker did not launch it. */
    public static Optional<ActivationContext> find() {
        return Holder.INSTANCE;
    }

    /** Unique in the life of the broker. */
    public long activationId() {
        return environment.activationId();
    }

    /** What woke the first socket. */
    public TriggerReason reason() {
        return environment.reason();
    }

    /** The peer of the first socket will send no more; what is unread can still be read. */
    public boolean peerClosed() {
        return environment.peerClosed();
    }

    /** 1 for the first attempt; more when former handlers failed. */
    public int attempt() {
        return environment.attempt();
    }

    /** The application that owns the task. */
    public String app() {
        return environment.app();
    }

    /** The task's name. */
    public String task() {
        return environment.task();
    }

    /**
     * How long the task lets its handlers stay for more work once they have none, see {@link ActivatedHandler}; zero if
     * not at all.
     */
    public Duration linger() {
        return environment.linger();
    }

    HandlerEnvironment environment() {
        return environment;
    }

    Lease lease() {
        return lease;
    }

    /** How the sockets came. */
    public LaunchStyle style() {
        return environment.style();
    }

    /**
     * The sockets with their contexts, in the order of their descriptors. Asks the broker the first time; in the style
     * "claim" that is when the descriptors come.
     *
     * @throws BrokerException if the broker is gone or the token is over
     */
    public List<ActivatedSocket> sockets() {
        return lease.sockets();
    }

    /**
     * The only socket, as in the style "socket".
     *
     * @throws IllegalStateException if there are more
     */
    public ActivatedSocket socket() {
        var all = sockets();
        if (all.size() != 1) {
            throw new IllegalStateException(
                    "this activation has " + all.size() + " sockets: see sockets(), and end each by itself");
        }
        return all.getFirst();
    }

    /**
     * Gives all sockets back: they are parked, and their next activity wakes the next handler. Contexts stay as they
     * are.
     */
    public void giveBack() {
        sockets().forEach(ActivatedSocket::giveBack);
    }

    /** Gives the only socket back with a new context. */
    public void giveBack(byte[] context) {
        socket().giveBack(context);
    }

    /** Gives the only socket back with a new context and keep-alive time, 1 s to 7 days; zero means none. */
    public void giveBack(byte[] context, Duration keepAlive) {
        socket().giveBack(context, keepAlive);
    }

    /** Gives the only socket back with a new context and keep-alive. */
    public void giveBack(byte[] context, KeepAliveOptions keepAlive) {
        socket().giveBack(context, keepAlive);
    }

    /** Done with all sockets: their connections are shut down and closed. */
    public void close() {
        sockets().forEach(ActivatedSocket::close);
    }

    /** Keeps all sockets: the broker forgets them, and this process goes on with them. */
    public void keep() {
        sockets().forEach(ActivatedSocket::keep);
    }
}
