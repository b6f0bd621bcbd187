package io.socketbroker.daemon.core;

import io.socketbroker.v1.TriggerDetails;

/** One socket in the hands of one handler. Mutable; only the rules of this package change it. */
final class Lease {
    final Activation activation;
    final SocketEntry socket;
    final long generation;
    final TriggerDetails trigger;

    /** The broker lets go with the hand-over: no duplicate is kept. */
    final boolean released;

    /** The handler has the descriptor: at launch, or with the acknowledgement of its delivery. */
    boolean handedOver;

    /** Over, by completion, close or release; the handler may still run. */
    boolean ended;

    Lease(Activation activation, SocketEntry socket, TriggerDetails trigger, boolean released) {
        this(activation, socket, trigger, released, socket.generation);
    }

    Lease(Activation activation, SocketEntry socket, TriggerDetails trigger, boolean released, long generation) {
        this.activation = activation;
        this.socket = socket;
        this.generation = generation;
        this.trigger = trigger;
        this.released = released;
    }

    LaunchPlan.Handed plan() {
        return new LaunchPlan.Handed(socket.slot(), socket.name, socket.candidate(), generation, trigger, released);
    }
}
