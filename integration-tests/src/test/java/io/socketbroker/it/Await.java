package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketState;
import java.time.Duration;
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

    /** Until the broker has looked at so many unread bytes, and holds them back. */
    static void held(ProtocolClient client, String id, int bytes) {
        Awaitility.await("bytes held back of " + id)
                .untilAsserted(() -> assertThat(client.explain(id)).contains("hold " + bytes + " unread bytes back"));
    }

    /** For this time: parked, and no handler more than so many was woken for it. */
    static void quiet(ProtocolClient client, String id, Duration time, long activations) {
        Awaitility.await("quiet of " + id)
                .during(time)
                .atMost(time.plusSeconds(5))
                .untilAsserted(() -> {
                    Socket socket = client.socket(id);
                    assertThat(socket.getState()).isEqualTo(SocketState.SOCKET_STATE_PARKED);
                    assertThat(socket.getActivations()).isEqualTo(activations);
                });
    }

    /** The time passes, and nobody is asked anything meanwhile. */
    static void time(Duration time) {
        Awaitility.await().pollDelay(time).atMost(time.plusSeconds(15)).until(() -> true);
    }

    /** Until the broker does not have it any more. */
    static void gone(ProtocolClient client, String id) {
        Awaitility.await("end of " + id)
                .untilAsserted(() -> assertThat(client.socketIds()).doesNotContain(id));
    }
}
