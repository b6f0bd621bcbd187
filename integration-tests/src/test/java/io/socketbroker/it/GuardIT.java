package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.it.GuardedBroker.Keeping;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the daemon may do for one wake, and what it may do while nothing happens: counts, not times, so that they hold on a
 * busy host too. Each bound is what was seen and half as much again. A change that breaks one is to be explained, or undone.
 */
final class GuardIT {
    private static final int WARM_UP = 2_000;
    private static final int WAKES = 2_000;
    private static final int PARKED = 2_000;
    private static final Duration SETTLING = Duration.ofSeconds(30);
    private static final Duration WINDOW = Duration.ofSeconds(3);

    /** Of a whole process, with those of the JVM; 6 were seen. */
    private static final int MOST_IDLE_SWITCHES_PER_SECOND = 12;

    /** Threads of the JVM's own that wake up by a clock, or have compiled code to look after; names as the kernel cuts them. */
    private static final List<String> PERIODIC_OF_JVM = List.of(
            "VM Periodic Tas",
            "VM Thread",
            "Service Thread",
            "Monitor Deflati",
            "C1 CompilerThre",
            "Common-Cleaner",
            "Native Heap Tri",
            "Reference Handl",
            "Finalizer");

    /** What the test's own JVM opens once and keeps is opened here. */
    @BeforeAll
    static void warmUp() throws Exception {
        try (GuardedBroker broker = new GuardedBroker(Keeping.IN_MEMORY)) {
            broker.wake(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"IN_MEMORY, 11000", "JOURNAL_AND_VAULT, 18000"})
    void shouldAllocateLittleForAWake(Keeping keeping, int mostBytes) throws Exception {
        try (GuardedBroker broker = new GuardedBroker(keeping)) {
            broker.wake(WARM_UP);
            long before = ThreadFigures.allocatedBytes(broker.pid(), "conductor");
            broker.wake(WAKES);
            long bytes = (ThreadFigures.allocatedBytes(broker.pid(), "conductor") - before) / WAKES;
            System.out.println(keeping + ": the conductor allocates " + bytes + " bytes for a wake");
            assertThat(bytes)
                    .as("bytes that the conductor allocates for a wake")
                    .isBetween(1L, (long) mostBytes);
        }
    }

    /** Being traced makes each thread slower, so that they wait for each other more often than they do by themselves. */
    @ParameterizedTest
    @CsvSource({"IN_MEMORY, 20, 21", "JOURNAL_AND_VAULT, 32, 53"})
    void shouldNeedFewSystemCallsForAWake(Keeping keeping, int mostOfConductor, int mostOfAll) throws Exception {
        try (GuardedBroker broker = new GuardedBroker(keeping)) {
            broker.wake(WARM_UP);
            int conductor = ThreadFigures.tid(broker.pid(), "conductor");
            try (SystemCalls calls = SystemCalls.of(broker.pid(), broker.home())) {
                broker.wake(WAKES);
                Map<Integer, Map<String, Integer>> counts = calls.counts();
                Map<String, Integer> own = counts.getOrDefault(conductor, Map.of());
                int all = counts.values().stream().mapToInt(GuardIT::sum).sum();
                System.out.printf(
                        "%s: %.1f system calls of the conductor for a wake, %.1f of all threads; %s%n",
                        keeping, (double) sum(own) / WAKES, (double) all / WAKES, own);
                assertThat(own.getOrDefault("sendmsg", 0))
                        .as("deliveries and answers")
                        .isGreaterThanOrEqualTo(WAKES);
                assertThat(sum(own)).as("calls of the conductor").isLessThan(mostOfConductor * WAKES);
                assertThat(all).as("calls of all threads").isLessThan(mostOfAll * WAKES);
            }
        }
    }

    private static int sum(Map<String, Integer> calls) {
        return calls.values().stream().mapToInt(Integer::intValue).sum();
    }

    @ParameterizedTest
    @CsvSource({"IN_MEMORY, 20, 0", "JOURNAL_AND_VAULT, 25, 15"})
    void shouldHaveAsManyThreadsWithManySockets(Keeping keeping, int mostOfBroker, int mostOfVault) throws Exception {
        try (GuardedBroker broker = new GuardedBroker(keeping)) {
            broker.wake(1);
            Map<Integer, Integer> few = threads(broker);
            broker.park(PARKED);
            Map<Integer, Integer> many = threads(broker);
            System.out.println(keeping + ": threads of broker and vault with one socket " + few + ", with " + PARKED
                    + " more " + many);
            // The JVM ends compiler threads that have nothing to do.
            many.forEach((pid, threads) -> assertThat(threads).isLessThanOrEqualTo(few.get(pid)));
            assertThat(few.get(broker.pid())).isLessThanOrEqualTo(mostOfBroker);
            broker.vaultPids().forEach(vault -> assertThat(few.get(vault)).isLessThanOrEqualTo(mostOfVault));
        }
    }

    private static Map<Integer, Integer> threads(GuardedBroker broker) {
        Map<Integer, Integer> threads = new TreeMap<>();
        broker.pids()
                .forEach(pid -> threads.put(pid, ThreadFigures.switches(pid).size()));
        return threads;
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void shouldSleepWhileNothingHappens(Keeping keeping) throws Exception {
        try (GuardedBroker broker = new GuardedBroker(keeping)) {
            broker.wake(1);
            broker.park(PARKED);
            // Answers are on their way, and time limits of what is done run out: one window of several must be quiet.
            await().pollDelay(Duration.ZERO).atMost(SETTLING).untilAsserted(() -> expectQuietWindow(keeping, broker));
        }
    }

    private static void expectQuietWindow(Keeping keeping, GuardedBroker broker) {
        Map<Integer, Map<String, Long>> before = new TreeMap<>();
        broker.pids().forEach(pid -> before.put(pid, ThreadFigures.switches(pid)));
        Await.time(WINDOW);
        before.forEach((pid, former) -> expectAsleep(keeping, pid, former));
    }

    private static void expectAsleep(Keeping keeping, int pid, Map<String, Long> before) {
        Map<String, Long> woken = ThreadFigures.switches(pid);
        woken.replaceAll((thread, switches) -> switches - before.getOrDefault(thread, 0L));
        woken.values().removeIf(switches -> switches == 0);
        System.out.println(keeping + ": threads of process " + pid + " that ran in " + WINDOW + " with " + PARKED
                + " sockets parked: " + woken);
        long all = woken.values().stream().mapToLong(Long::longValue).sum();
        assertThat(all).isLessThanOrEqualTo(MOST_IDLE_SWITCHES_PER_SECOND * WINDOW.toSeconds());
        woken.keySet().removeIf(thread -> PERIODIC_OF_JVM.stream().anyMatch(name -> thread.endsWith(" " + name)));
        assertThat(woken).as("threads other than the JVM's own").isEmpty();
    }
}
