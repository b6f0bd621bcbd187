package io.socketbroker.client;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.Acknowledge;
import io.socketbroker.v1.Activation;
import io.socketbroker.v1.Claim;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.ReclaimRequest;
import java.util.List;

/**
 * Takes descriptors from {@code fd.sock} in two phases: descriptor out, acknowledgement back, and only after the
 * broker's last word the sockets may be used. Stateless; on the thread that owns the connection. Without gRPC's
 * classes, which a launched handler does not load.
 */
final class Claims {

    private Claims() {}

    /**
     * What was claimed; its receiver owns the descriptors, one for each socket, or none if they were passed at launch.
     */
    record Claimed(Activation activation, List<OwnedFd> descriptors) {}

    /** The broker has taken the acknowledgement, or not: nobody knows. Holds the descriptors. */
    static final class UnsureException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Claimed claimed;
        private final BrokerException failure;

        UnsureException(Claimed claimed, BrokerException failure) {
            super(failure);
            this.claimed = claimed;
            this.failure = failure;
        }

        Claimed claimed() {
            return claimed;
        }

        BrokerException failure() {
            return failure;
        }
    }

    /**
     * Claims by a token.
     *
     * @throws UnsureException if the acknowledgement had no sensible answer
     */
    static Claimed claim(FdConnection connection, ByteString token) {
        return take(connection, FdFrame.newBuilder().setClaim(Claim.newBuilder().setToken(token)));
    }

    /**
     * Takes sockets back by their names.
     *
     * @throws UnsureException if the acknowledgement had no sensible answer
     */
    static Claimed reclaim(FdConnection connection, ReclaimRequest request) {
        return take(connection, FdFrame.newBuilder().setReclaim(request));
    }

    private static Claimed take(FdConnection connection, FdFrame.Builder request) {
        var answer = connection.exchange(request, List.of(), FdFrame.BodyCase.DELIVERY);
        var delivery = answer.frame().getDelivery();
        var claimed = new Claimed(delivery.getActivation(), answer.descriptors());
        if (delivery.getDeliveryId() == 0) {
            requireCount(connection, claimed, 0);
            return claimed;
        }
        requireCount(connection, claimed, delivery.getActivation().getSocketsCount());
        acknowledge(connection, delivery.getDeliveryId(), claimed);
        return claimed;
    }

    private static void requireCount(FdConnection connection, Claimed claimed, int expected) {
        int count = claimed.descriptors().size();
        if (count != expected) {
            claimed.descriptors().forEach(OwnedFd::close);
            // Without an acknowledgement the sockets stay the broker's; the closed connection tells it at once.
            connection.close();
            throw new BrokerException(
                    Code.INTERNAL, "the broker sent " + count + " descriptors for " + expected + " sockets");
        }
    }

    private static void acknowledge(FdConnection connection, long deliveryId, Claimed claimed) {
        var request =
                FdFrame.newBuilder().setAcknowledge(Acknowledge.newBuilder().setDeliveryId(deliveryId));
        try {
            connection.exchange(request, List.of(), FdFrame.BodyCase.RELEASED).closeDescriptors();
        } catch (BrokerException e) {
            if (e.reason() == ErrorReason.ERROR_REASON_UNSPECIFIED) {
                // Not the broker's refusal but a lost or senseless answer.
                throw new UnsureException(claimed, e);
            }
            claimed.descriptors().forEach(OwnedFd::close);
            throw e;
        }
    }
}
