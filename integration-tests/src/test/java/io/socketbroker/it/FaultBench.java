package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.TaskSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A broker that dies at fail points, with the tasks that the steps use and a bystander that must be served through all of
 * it. Not thread-safe.
 */
final class FaultBench implements AutoCloseable {
    static final String LINES = "lines";
    static final String ECHO = "echo";
    static final String SESSIONS = "sessions";
    private static final String BYSTANDER = "bystander";

    private final KeptBroker kept = new KeptBroker();
    private final Puppets puppets = new Puppets(kept.home());
    private final Deque<Closing> opened = new ArrayDeque<>();
    private final Link link = Link.tcp();
    private final Conversation bystander = new Conversation(link.peer());
    private @Nullable ProtocolClient client;

    private interface Closing {
        void close();
    }

    FaultBench() throws IOException {
        try (ProtocolClient first = kept.client()) {
            first.register(LINES, Specs.lineAnswerer());
            first.register(ECHO, Specs.command("/bin/cat"));
            first.register(SESSIONS, TaskSpec.getDefaultInstance());
            for (LaunchStyle style : new LaunchStyle[] {
                LaunchStyle.LAUNCH_STYLE_CLAIM, LaunchStyle.LAUNCH_STYLE_SOCKET, LaunchStyle.LAUNCH_STYLE_LISTEN_FDS
            }) {
                first.register(
                        task(style),
                        puppets.spec(style).setExitPolicy(Specs.rearm()).build());
            }
            first.park(link.mine(), LINES, BYSTANDER);
        }
    }

    /** Of puppets in this style. */
    static String task(LaunchStyle style) {
        return style.name();
    }

    KeptBroker kept() {
        return kept;
    }

    Path runtimeDirectory() {
        return kept.runtimeDirectory();
    }

    Puppets puppets() {
        return puppets;
    }

    /** Of the broker that is to die. */
    ProtocolClient client() {
        if (client == null) {
            client = kept.client();
        }
        return client;
    }

    private void closeClient() {
        if (client != null) {
            client.close();
            client = null;
        }
    }

    <T extends AutoCloseable> T closeLater(T resource) {
        opened.push(() -> {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        return resource;
    }

    /** The step's socket is parked, and there are no others but the bystander's. */
    void awaitOnly(ProtocolClient asking, String id) {
        Awaitility.await("only the step's own socket")
                .untilAsserted(() ->
                        assertThat(asking.socketIds()).containsExactlyInAnyOrderElementsOf(List.of(BYSTANDER, id)));
        Await.parked(asking, id);
    }

    /** Nothing is there but the bystander's. */
    void expectNothingLeaked() {
        Awaitility.await().untilAsserted(() -> kept.expectHeldByBoth(1));
    }

    /** The broker dies in a step, the next one serves, and all is as it should be. */
    void dieIn(FaultStep step, String point) throws Exception {
        step.prepare();
        kept.arm("broker", point);
        step.act();
        kept.awaitDeath(point);
        closeClient();
        bystander.say();
        step.meanwhile();
        kept.restart();
        finish(step);
    }

    /** The broker is killed, and the next one dies in its start. */
    void dieInStart(FaultStep step, String point) throws Exception {
        step.prepare();
        kept.kill();
        closeClient();
        step.act();
        kept.arm("broker", point);
        kept.launch();
        kept.awaitDeath(point);
        bystander.say();
        step.meanwhile();
        kept.restart();
        finish(step);
    }

    /** The broker is told to stop, and dies before it has. */
    void dieInStop(FaultStep step, String point) throws Exception {
        step.prepare();
        closeClient();
        kept.arm("broker", point);
        kept.process().signal("TERM");
        kept.awaitDeath(point);
        step.act();
        bystander.say();
        step.meanwhile();
        kept.restart();
        finish(step);
    }

    /** The vault dies in a step, and then the broker, which has filled the next vault. */
    void loseVaultIn(FaultStep step, String point) throws Exception {
        step.prepare();
        kept.arm("vault", point);
        step.act();
        kept.awaitReached("vault", point);
        bystander.say();
        closeClient();
        finish(step);
        kept.kill();
        bystander.say();
        kept.restart();
        expectWhole();
    }

    private void finish(FaultStep step) throws IOException {
        try (ProtocolClient next = kept.client()) {
            step.check(next);
        }
        expectWhole();
    }

    private void expectWhole() {
        bystander.hearAll();
        bystander.say().hearAll();
        try (ProtocolClient next = kept.client()) {
            Await.parked(next, BYSTANDER);
            assertThat(next.socketIds()).containsExactly(BYSTANDER);
        }
        kept.expectNothingLeaked(1);
        assertThat(kept.process().log().lines()).noneMatch(line -> line.contains(" ERROR "));
    }

    /** Removes what a step has left if it failed, so that the next one starts as it did. */
    void tidy() throws IOException, InterruptedException {
        closeOpened();
        kept.revive();
        try (ProtocolClient next = kept.client()) {
            next.socketIds().stream().filter(id -> !id.equals(BYSTANDER)).forEach(id -> FaultStep.close(next, id));
        }
    }

    private void closeOpened() {
        closeClient();
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    @Override
    public void close() throws IOException {
        closeOpened();
        puppets.close();
        link.close();
        kept.close();
    }
}
