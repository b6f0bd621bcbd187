package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketState;
import org.awaitility.Awaitility;

/** Waits for states of the broker. */
final class Await {
    private Await() {}

    /** Until the socket is in this state. */
    static Socket state(ProtocolClient client, String id, SocketState state) {
        Awaitility.await("state of " + id)
                .untilAsserted(() -> assertThat(client.socket(id).getState()).isEqualTo(state));
        return client.socket(id);
    }

    static Socket parked(ProtocolClient client, String id) {
        return state(client, id, SocketState.SOCKET_STATE_PARKED);
    }

    /** Until the broker does not have it any more. */
    static void gone(ProtocolClient client, String id) {
        Awaitility.await("end of " + id)
                .untilAsserted(() -> assertThat(client.socketIds()).doesNotContain(id));
    }
}
