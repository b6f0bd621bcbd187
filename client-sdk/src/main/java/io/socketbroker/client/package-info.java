/**
 * What applications and handlers use: {@link io.socketbroker.client.BrokerClient} to hand sockets over and take them
 * back, {@link io.socketbroker.client.Session} for a running program that is woken, and {@link
 * io.socketbroker.client.ActivatedHandler} and {@link io.socketbroker.client.ActivationContext} for one that the broker
 * launched.
 *
 * <p>Calls run on gRPC's threads and on one daemon thread for each client and session that owns its connection to
 * {@code fd.sock}; handlers of sessions run on their executor; an activation context uses its caller's thread.
 *
 * <p>Any program may call it; it depends on the protocol and on the Linux calls, never on the broker.
 */
@NullMarked
package io.socketbroker.client;

import org.jspecify.annotations.NullMarked;
