package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.Event;
import io.socketbroker.v1.WatchEventsRequest;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** The events that a broker has stored for a client. */
final class EventLog {
    private final ProtocolClient client;

    private EventLog(ProtocolClient client) {
        this.client = client;
    }

    static EventLog of(ProtocolClient client) {
        return new EventLog(client);
    }

    /** All that the client may see, the oldest first. */
    List<Event> events() {
        List<Event> events = new ArrayList<>();
        client.admin()
                .watchEvents(WatchEventsRequest.getDefaultInstance())
                .forEachRemaining(response -> events.add(response.getEvent()));
        return events;
    }

    static String type(Event event) {
        return event.getType().name().replace("EVENT_TYPE_", "");
    }

    /** What those of this type said to people, about this task or one of its sockets. */
    List<String> messages(String type, String task) {
        return events().stream()
                .filter(event -> type(event).equals(type))
                .filter(event -> event.getTask().getName().equals(task))
                .map(Event::getMessage)
                .toList();
    }

    /** Until one of this type for this task says all of this. */
    void awaitMessage(String type, String task, String... texts) {
        Awaitility.await(type + " of " + task)
                .untilAsserted(() -> assertThat(messages(type, task))
                        .anySatisfy(message -> assertThat(message).contains(texts)));
    }

    /** Until there is an event of this type for this socket. */
    void await(String type, String socketId) {
        Awaitility.await(type + " of " + socketId)
                .untilAsserted(() -> assertThat(events())
                        .anyMatch(event -> type(event).equals(type)
                                && event.getSocket().getSocketId().equals(socketId)));
    }
}
