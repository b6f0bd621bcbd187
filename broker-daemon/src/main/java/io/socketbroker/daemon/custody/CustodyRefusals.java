package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.v1.ErrorReason;

/** Why a transfer is refused on behalf of custody. Stateless. */
final class CustodyRefusals {
    private CustodyRefusals() {}

    static BrokerRefusal unavailable(String why) {
        return new BrokerRefusal(
                ErrorReason.ERROR_REASON_STORE_UNAVAILABLE,
                "",
                "custody is not available: " + why + "; try again later");
    }

    static BrokerRefusal full(String why) {
        return new BrokerRefusal(ErrorReason.ERROR_REASON_DESCRIPTORS_EXHAUSTED, "", "custody takes no more: " + why);
    }

    static BrokerRefusal queueFull(int limit) {
        return BrokerRefusal.limit(
                "custody-queue", limit, "sockets on their way into custody", "try again with fewer at a time");
    }

    static BrokerRefusal defect(String why) {
        return new BrokerRefusal(ErrorReason.ERROR_REASON_INTERNAL_ERROR, "", "custody refused the socket: " + why);
    }

    static BrokerRefusal stopping() {
        return new BrokerRefusal(ErrorReason.ERROR_REASON_STOPPING, "", "the broker is stopping");
    }
}
