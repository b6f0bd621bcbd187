package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.daemon.journal.NewerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A store that a broker must not use: it says what to do, and nobody loses anything by that. */
final class StoreRefusalIT {
    private final KeptBroker kept = new KeptBroker();
    private final Link link = Link.tcp();
    private final Conversation conversation = new Conversation(link.peer());

    StoreRefusalIT() throws IOException {}

    @BeforeEach
    void park() {
        try (ProtocolClient client = kept.client()) {
            client.register("lines", Specs.lineAnswerer());
            client.park(link.mine(), "lines", "s");
        }
        conversation.say().hearAll();
    }

    @AfterEach
    void end() throws IOException {
        link.close();
        kept.close();
    }

    private static void expectRefused(BrokerProcess broker, String... why) throws InterruptedException {
        assertThat(broker.exitStatus()).isEqualTo(1);
        assertThat(String.join("\n", broker.log().complete()))
                .contains("socketbroker: cannot start: ")
                .contains(why);
    }

    @Test
    void shouldRefuseTheStoreOfABrokerThatRuns() throws Exception {
        Path other = BrokerProcess.newHome();
        try {
            Files.createSymbolicLink(other.resolve("state"), kept.home().resolve("state"));
            try (BrokerProcess second = BrokerProcess.launchKeeping(other)) {
                expectRefused(
                        second,
                        "another broker, process " + kept.process().pid() + ", has the state folder",
                        "stop it, or choose another");
            }
        } finally {
            BrokerProcess.delete(other);
        }
        conversation.say().hearAll();
        kept.kill();
        conversation.say();
        kept.restart();
        conversation.hearAll();
    }

    @Test
    void shouldRefuseADamagedStoreAndGoOnWithItsBackup() throws Exception {
        kept.kill();
        Path current = kept.home().resolve("state/store/db/CURRENT");
        byte[] whole = Files.readAllBytes(current);
        Files.write(current, new byte[] {'?'});
        conversation.say();
        try (BrokerProcess refused = BrokerProcess.launchKeeping(kept.home())) {
            expectRefused(refused, "store", "move ", "put a backup of it in its place");
        }
        Files.write(current, whole);
        kept.restart();
        conversation.hearAll();
        conversation.say().hearAll();
    }

    @Test
    void shouldRefuseTheStoreOfALaterVersion() throws Exception {
        kept.kill();
        Path state = kept.home().resolve("state");
        Path mine = kept.home().resolve("mine");
        Files.move(state, mine);
        NewerStore.make(state);
        conversation.say();
        try (BrokerProcess refused = BrokerProcess.launchKeeping(kept.home())) {
            expectRefused(refused, "written by socketbroker 99.0", "start that version or a newer one");
        }
        BrokerProcess.delete(state);
        Files.move(mine, state);
        kept.restart();
        conversation.hearAll();
    }

    /** Without records nobody knows whose the vault's sockets are: they are kept aside, and nobody is woken for them. */
    @Test
    void shouldKeepAsideWhatTheVaultHasWhenTheStoreIsGone() throws Exception {
        kept.kill();
        BrokerProcess.delete(kept.home().resolve("state"));
        conversation.say();
        kept.restart();
        try (ProtocolClient client = kept.client()) {
            assertThat(client.allSockets())
                    .singleElement()
                    .satisfies(socket -> assertThat(socket.getKey().getApp()).isEqualTo("unknown"));
        }
        kept.expectNothingLeaked(1);
    }
}
