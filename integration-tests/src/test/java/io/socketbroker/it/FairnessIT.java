package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.GetStatusRequest;
import io.socketbroker.v1.SocketState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tasks that share the handlers of a small broker. */
final class FairnessIT {
    /** Room for few handlers. */
    private static final int OPEN_FILES = 256;

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture("prlimit", "--nofile=" + OPEN_FILES + ":" + OPEN_FILES);

    private ProtocolClient client;
    private int handlers;

    @BeforeEach
    void connect() {
        client = broker.client();
        handlers = client.admin().getStatus(GetStatusRequest.getDefaultInstance()).getLimitsList().stream()
                .filter(limit -> limit.getName().equals("handlers"))
                .mapToInt(limit -> Math.toIntExact(limit.getLimit()))
                .findFirst()
                .orElseThrow();
        assertThat(handlers).as("the limit of handlers").isBetween(2, 30);
    }

    /** So many sockets of a task of this name that become readable one after the other. */
    private void wake(String task, int sockets) {
        client.register(task, broker.puppets().spec(Specs.rearm()));
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < sockets; i++) {
            Link link = broker.link();
            client.park(link.mine(), task, task + i);
            links.add(link);
        }
        links.forEach(link -> link.peer().send("wake"));
    }

    private static String done(Puppet handler) {
        handler.expectReceived("wake");
        handler.exit(0);
        return handler.env("TASK");
    }

    @Test
    void shouldGiveTasksTheirTurnsWhenHandlersAreShort() {
        int greedy = handlers + 20;
        wake("greedy", greedy);
        Deque<Puppet> running = new ArrayDeque<>();
        for (int i = 0; i < handlers; i++) {
            running.add(broker.puppets().next());
        }
        wake("modest", 10);
        Await.state(client, "modest9", SocketState.SOCKET_STATE_QUEUED);
        List<String> starts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            done(running.remove());
            Puppet next = broker.puppets().next();
            starts.add(next.env("TASK"));
            running.add(next);
        }
        assertThat(starts).as("tasks take turns").containsSubsequence("greedy", "greedy", "greedy");
        assertThat(starts.subList(0, 19).stream().filter("modest"::equals)).hasSizeBetween(9, 10);
        // Nothing is lost: all that is left is handled, too.
        for (int left = greedy + 10 - handlers - 20; left > 0; left--) {
            done(running.remove());
            running.add(broker.puppets().next());
        }
        running.forEach(FairnessIT::done);
        assertThat(client.task("greedy").getLaunches()).isEqualTo(greedy);
        assertThat(client.task("modest").getLaunches()).isEqualTo(10);
    }

    @Test
    void shouldSayThatAllHandlersAreInUseAndByWhom() {
        wake("holder", handlers);
        for (int i = 0; i < handlers; i++) {
            broker.puppets().next();
        }
        wake("waiter", 1);
        Await.state(client, "waiter0", SocketState.SOCKET_STATE_QUEUED);
        assertThat(client.explain("waiter0")).contains("handlers = " + handlers, "used by");
        EventLog.of(client).awaitMessage("LIMIT_HELD", "waiter", "handlers = " + handlers, "used by");
    }
}
