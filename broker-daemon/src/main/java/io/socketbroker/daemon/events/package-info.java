/**
 * What happened lately, for people and programs that watch. Written on the conductor thread, read from any; bounded in
 * every direction. The conductor writes, the gRPC services read.
 */
@NullMarked
package io.socketbroker.daemon.events;

import org.jspecify.annotations.NullMarked;
