package io.socketbroker.daemon.core;

import com.google.protobuf.InvalidProtocolBufferException;
import io.socketbroker.v1.Delivery;
import io.socketbroker.v1.FdFrame;

/** What goes out on fd.sock, as its receiver reads it. */
final class Deliveries {
    private Deliveries() {}

    static Delivery of(Brokerage.Outgoing outgoing) {
        try {
            return FdFrame.parseFrom(outgoing.frame().unasked()).getDelivery();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("not a frame", e);
        }
    }
}
