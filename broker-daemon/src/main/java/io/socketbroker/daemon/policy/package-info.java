/**
 * Who a peer is and what that allows. Asked by the transports when a peer connects, on their own threads.
 */
@NullMarked
package io.socketbroker.daemon.policy;

import org.jspecify.annotations.NullMarked;
