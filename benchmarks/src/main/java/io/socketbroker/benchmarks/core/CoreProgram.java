package io.socketbroker.benchmarks.core;

import java.util.List;
import java.util.stream.Collectors;

/**
 * All operations with so many sockets, in a JVM of its own. Prints a line for each: a name, then values. The same with fewer
 * sockets goes before, so that the compiler has seen all of it.
 */
final class CoreProgram {
    private static final int WARM_UP_SOCKETS = 3_000;
    private static final int WARM_UP_ROUNDS = 2;

    private CoreProgram() {}

    /** Arguments: how many sockets. */
    public static void main(String[] args) {
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            run(WARM_UP_SOCKETS, false);
        }
        run(Integer.parseInt(args[0]), true);
        say("end", List.of());
    }

    /** Live heap with all sockets, without and with a keep-alive of their own. */
    private record Held(long parkedBytes, long timedBytes) {}

    private static void run(int sockets, boolean counted) {
        // Nothing of it can be reached any more when that has returned.
        Held held = work(sockets, counted);
        // What is left without them: the difference is theirs, and nothing that the JVM kept of its own.
        long restBytes = restBytes();
        tell(counted, "heap", List.of((held.parkedBytes - restBytes) / sockets));
        tell(counted, "heap with keep-alive", List.of((held.timedBytes - restBytes) / sockets));
        recover(CoreRecovery.of(sockets), counted);
    }

    private static Held work(int sockets, boolean counted) {
        CoreWork work = work(sockets);
        tell(counted, "transfer", work.transfer());
        long parkedBytes = Heap.liveBytes();
        tell(counted, "wake", work.wakes());
        tell(counted, "update", work.update());
        long timedBytes = Heap.liveBytes();
        tell(counted, "expiry", work.expiries());
        tell(counted, "list", work.list());
        tell(counted, "status", work.status());
        tell(counted, "reclaim", work.reclaim());
        return new Held(parkedBytes, timedBytes);
    }

    private static long restBytes() {
        CoreWork one = work(1);
        long bytes = Heap.liveBytes();
        if (one.transfer().isEmpty()) {
            throw new IllegalStateException("one socket is one batch");
        }
        return bytes;
    }

    private static CoreWork work(int sockets) {
        CoreShell shell = new CoreShell(sockets);
        shell.register();
        return new CoreWork(sockets, shell);
    }

    private static void recover(CoreRecovery recovery, boolean counted) {
        CoreRecovery.Cost cost = recovery.run();
        tell(counted, "recovery", List.of(cost.nanos()));
        tell(counted, "heap in recovery", List.of(cost.heapBytes()));
        tell(counted, "record", List.of(recovery.recordBytes()));
    }

    private static void tell(boolean counted, String name, List<Long> values) {
        if (counted) {
            say(name, values);
        }
    }

    private static void say(String name, List<Long> values) {
        System.out.println(
                name + ":" + values.stream().map(value -> " " + value).collect(Collectors.joining()));
    }
}
