package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.TransferItem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Broker and vault are killed with -9 at random moments, one after the other, also while they start, while 500 connections
 * talk. Never both at once: one of them has everything at each kill. Nothing is lost, doubled or moved.
 *
 * <p>{@code -Dsocketbroker.soak.kills=5000} for more than the 200 of a build, {@code -Dsocketbroker.soak.seed} for the same
 * kills again, as far as two processes can do the same again.
 */
final class KillSoakIT {
    private static final int CONNECTIONS = 500;
    private static final int KILLS = Integer.getInteger("socketbroker.soak.kills", 200);

    /** Kills of brokers, each of which costs the start of a large JVM, before the vault's turn; and the other way round. */
    private static final int MOST_BROKERS_IN_A_ROW = 4;

    private static final int MOST_VAULTS_IN_A_ROW = 8;
    private static final long LONGEST_BROKER_START_MILLIS = 900;
    private static final long LONGEST_LIFE_MILLIS = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final long seed = Long.getLong("socketbroker.soak.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final KeptBroker kept = new KeptBroker();
    private final SoakTraffic traffic = new SoakTraffic();
    private int brokerKills;
    private int vaultKills;
    private long restored;

    KillSoakIT() throws IOException {}

    @AfterEach
    void end() throws IOException {
        traffic.close();
        kept.close();
    }

    private void park() {
        try (ProtocolClient client = kept.client()) {
            Path script = Scripts.copy("soak_echo.py", kept.home());
            client.register(
                    "echo",
                    Specs.command(
                                    LaunchStyle.LAUNCH_STYLE_CLAIM,
                                    List.of(Puppets.PYTHON, "-I", "-S", script.toString()))
                            .setExitPolicy(Specs.rearm())
                            .setLimits(Specs.atMost(2))
                            .build());
            while (traffic.size() < CONNECTIONS) {
                List<OwnedFd> mine = new ArrayList<>();
                List<TransferItem> items = new ArrayList<>();
                for (int i = 0; i < CONNECTIONS / 4; i++) {
                    Sockets.Pair pair = Sockets.pair(Sockets.SOCK_STREAM);
                    items.add(ProtocolClient.item("echo", "s" + traffic.size()).build());
                    mine.add(pair.first());
                    traffic.add(pair.second());
                }
                client.transfer(mine.stream().map(OwnedFd::fd).toList(), items);
                mine.forEach(OwnedFd::close);
            }
        }
    }

    /** Some of the connections say something, whoever is alive, and what comes back is compared. */
    private void talk() {
        for (int i = 0; i < 4; i++) {
            traffic.say(random.nextInt(CONNECTIONS), 1 + random.nextInt(4));
        }
        traffic.listen(Duration.ofMillis(20));
    }

    private void talkFor(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        do {
            talk();
        } while (System.nanoTime() < end);
    }

    private interface Condition {
        boolean holds();
    }

    private void talkUntil(String what, Condition condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            talk();
        }
    }

    private void killBrokers(int times) throws IOException, InterruptedException {
        talkUntil("the vault has everything", () -> kept.vaultHolds(CONNECTIONS));
        for (int i = 0; i < times; i++) {
            if (random.nextInt(3) == 0) {
                talkUntil("the broker serves", kept::serves);
                talkFor(atMost(LONGEST_LIFE_MILLIS));
            } else {
                talkFor(atMost(LONGEST_BROKER_START_MILLIS));
            }
            countRestored();
            kept.kill();
            brokerKills++;
            talk();
            kept.launch();
        }
        talkUntil("the broker serves", kept::serves);
    }

    private void killVaults(int times) {
        for (int i = 0; i < times; i++) {
            talkFor(atMost(LONGEST_LIFE_MILLIS));
            talkUntil("there is a vault", () -> !kept.vaults().isEmpty());
            kept.vaults().forEach(vault -> {
                vault.destroyForcibly();
                vault.onExit().join();
            });
            vaultKills++;
        }
    }

    private Duration atMost(long millis) {
        return Duration.ofMillis(random.nextLong(millis));
    }

    /** What the broker said at its start; it must have missed nothing. */
    private void countRestored() {
        for (String line : kept.process().log().lines()) {
            if (line.contains(" sockets restored, ")) {
                assertThat(line).contains(CONNECTIONS + " sockets restored, 0 lost, 0 unknown");
                restored += CONNECTIONS;
            }
        }
    }

    @Test
    void shouldLoseNothingHoweverOftenBrokerAndVaultAreKilled() throws Exception {
        System.out.println("KillSoakIT: seed " + seed);
        park();
        long began = System.nanoTime();
        while (brokerKills + vaultKills < KILLS) {
            int left = KILLS - brokerKills - vaultKills;
            killBrokers(Math.min(left, 1 + random.nextInt(MOST_BROKERS_IN_A_ROW)));
            left = KILLS - brokerKills - vaultKills;
            killVaults(Math.min(left, 1 + random.nextInt(MOST_VAULTS_IN_A_ROW)));
        }
        for (int i = 0; i < CONNECTIONS; i++) {
            traffic.say(i, 1);
        }
        traffic.drain();
        countRestored();
        try (ProtocolClient client = kept.client()) {
            assertThat(client.allSockets()).hasSize(CONNECTIONS);
        }
        kept.expectNothingLeaked(CONNECTIONS);
        System.out.printf(
                "KillSoakIT: %d kills (%d of brokers, %d of vaults) in %d s, %d connections, none lost; %d restored,"
                        + " %d bytes there and back%n",
                brokerKills + vaultKills,
                brokerKills,
                vaultKills,
                Duration.ofNanos(System.nanoTime() - began).toSeconds(),
                CONNECTIONS,
                restored,
                traffic.bytesEchoed());
    }
}
