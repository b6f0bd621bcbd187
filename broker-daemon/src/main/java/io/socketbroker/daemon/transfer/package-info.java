/**
 * fd.sock: descriptors in and out, one frame a message. Runs on the conductor thread and never blocks; the conductor
 * answers the frames through {@link io.socketbroker.daemon.transfer.FrameHandler}.
 */
@NullMarked
package io.socketbroker.daemon.transfer;

import org.jspecify.annotations.NullMarked;
