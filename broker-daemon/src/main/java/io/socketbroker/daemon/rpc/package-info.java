/**
 * grpc.sock: every operation as gRPC over a unix socket. Runs on gRPC's threads, holds no state of the broker, and asks
 * the conductor. Only {@link io.socketbroker.daemon.rpc.GrpcEndpoint} is for others: the daemon makes it.
 */
@NullMarked
package io.socketbroker.daemon.rpc;

import org.jspecify.annotations.NullMarked;
